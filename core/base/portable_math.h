// Functions that every C library rounds in its own way, with the same bits on every machine: only
// additions, products and quotients of doubles, which IEEE 754 defines to the bit. (Nothing here
// may be compiled with fused products: see core/cmake/EdgeTasksTargets.cmake.)
//
// Results are within 2^-50 of the exact ones, relatively; rounded to float, they are the nearest
// float but for about one in 2^26. NaN gives NaN. Thread safe.
#ifndef CORE_BASE_PORTABLE_MATH_H_
#define CORE_BASE_PORTABLE_MATH_H_

namespace edgetasks::portable {

double Exp(double x);  // where it is below 2^-1022, 0 will do
double Log(double x);  // of 0: -infinity; of less: NaN
double Tanh(double x);

// In radians. Beyond 2^20 those of the C library.
double Sin(double x);
double Cos(double x);

}  // namespace edgetasks::portable

#endif  // CORE_BASE_PORTABLE_MATH_H_
