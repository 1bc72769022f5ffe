// Whether a sanitizer watches over this program. Tests are mostly not compiled for one, only linked
// with it (tests/CMakeLists.txt), so no macro of the compiler tells.
#ifndef TESTS_SUPPORT_SANITIZED_H_
#define TESTS_SUPPORT_SANITIZED_H_

// Of the sanitizers' run-time libraries.
extern "C" void __asan_init() __attribute__((weak));
extern "C" void __tsan_init() __attribute__((weak));

namespace edgetasks::test {

inline bool HasAddressSanitizer() { return __asan_init != nullptr; }
inline bool HasThreadSanitizer() { return __tsan_init != nullptr; }

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_SANITIZED_H_
