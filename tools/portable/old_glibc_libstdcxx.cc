// What Debian's kit of libstdc++ (libstdc++_pic.a) lacks to be a whole libstdc++.so.6 for
// glibc 2.28.
#include <pthread.h>
#include <sys/random.h>

#include <condition_variable>
#include <mutex>

extern "C" {

// Since glibc 2.32; see old_glibc.cc.
__attribute__((visibility("hidden"))) char __libc_single_threaded = 0;

// Since glibc 2.36.
__attribute__((visibility("hidden"))) unsigned arc4random() {
  unsigned value = 0;
  while (getentropy(&value, sizeof value) != 0) {
  }
  return value;
}

// The older version of condition_variable::wait, which libraries built with GCC 11 or earlier ask
// for, such as DuckDB.
void StediConditionVariableWait(std::condition_variable* self, std::unique_lock<std::mutex>* lock) {
  pthread_cond_wait(self->native_handle(), lock->mutex()->native_handle());
}
__asm__(
    ".symver StediConditionVariableWait,"
    "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE@GLIBCXX_3.4.11");

}  // extern "C"
