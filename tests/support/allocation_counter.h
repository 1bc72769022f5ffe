// Counts what a test program allocates with operator new.
#ifndef TESTS_SUPPORT_ALLOCATION_COUNTER_H_
#define TESTS_SUPPORT_ALLOCATION_COUNTER_H_

#include <cstdint>

namespace edgetasks::test {

// Calls of operator new since the program began. Linking this replaces operator new and delete.
int64_t AllocationCount();

// How much more memory from operator new was held at once, at the worst, than when this was made.
// One at a time; counts every thread.
class AllocationPeak {
 public:
  AllocationPeak();
  int64_t bytes() const;

 private:
  int64_t before_;
};

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_ALLOCATION_COUNTER_H_
