// Counts what a test program allocates with operator new.
#ifndef TESTS_SUPPORT_ALLOCATION_COUNTER_H_
#define TESTS_SUPPORT_ALLOCATION_COUNTER_H_

#include <cstdint>

namespace edgetasks::test {

// Calls of operator new since the program began. Linking this replaces operator new and delete.
int64_t AllocationCount();

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_ALLOCATION_COUNTER_H_
