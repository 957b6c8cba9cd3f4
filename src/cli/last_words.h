// The end of a program that cannot go on and cannot say so in the usual way.
#pragma once

namespace stedi {

// From now on an exception that nothing catches (one that leaves a destructor of a library) ends
// the program with one line and an exit status, not with a signal.
void EndWithoutSignal();

}  // namespace stedi
