// Functions of newer versions of glibc, for a program that runs with glibc 2.28: the headers of the
// machine that builds it make calls to them. They are hidden, so that no other library sees them.
#include <dlfcn.h>
#include <pthread.h>
#include <time.h>

namespace {

constexpr long long kNanosecondsPerSecond = 1'000'000'000;

using ClockWait = int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);

// Returns the time on the wall clock at which `clock` will show `moment`.
timespec OnWallClock(clockid_t clock, const timespec& moment) {
  timespec now{};
  timespec wall{};
  clock_gettime(clock, &now);
  clock_gettime(CLOCK_REALTIME, &wall);
  const long long nanoseconds = (moment.tv_sec - now.tv_sec) * kNanosecondsPerSecond +
                                (moment.tv_nsec - now.tv_nsec) + wall.tv_nsec;
  long long seconds = nanoseconds / kNanosecondsPerSecond;
  long long rest = nanoseconds % kNanosecondsPerSecond;
  if (rest < 0) {
    rest += kNanosecondsPerSecond;
    --seconds;
  }
  wall.tv_sec += seconds;
  wall.tv_nsec = static_cast<long>(rest);
  return wall;
}

}  // namespace

extern "C" {

// Since 2.32: whether the process has one thread. The C++ library counts references without atomic
// instructions then; false is always right.
__attribute__((visibility("hidden"))) char __libc_single_threaded = 0;

// Since 2.30. Where it is missing, the wait ends by the wall clock, as in a C++ library of that
// time.
__attribute__((visibility("hidden"))) int pthread_cond_clockwait(pthread_cond_t* condition,
                                                                 pthread_mutex_t* mutex,
                                                                 clockid_t clock,
                                                                 const timespec* moment) {
  static const auto real = reinterpret_cast<ClockWait>(dlsym(RTLD_NEXT, "pthread_cond_clockwait"));
  if (real != nullptr) return real(condition, mutex, clock, moment);
  const timespec wall = OnWallClock(clock, *moment);
  return pthread_cond_timedwait(condition, mutex, &wall);
}

}  // extern "C"
