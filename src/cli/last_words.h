// Ends the program with a message and an exit status after an exception that nothing catches.
#pragma once

namespace stedi {

// Installs a terminate handler. From then on an exception that nothing catches, such as one that
// leaves the destructor of a library, ends the program with one line on stderr and kStatusInput
// instead of a signal.
void EndWithoutSignal();

}  // namespace stedi
