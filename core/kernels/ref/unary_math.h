// The real functions of one number, for float and double alike. A NaN gives NaN, except where a
// comparison decides (SIGN). Exponentials, logarithms and angles have the same bits on every
// machine (core/base/portable_math.h).
#ifndef CORE_KERNELS_REF_UNARY_MATH_H_
#define CORE_KERNELS_REF_UNARY_MATH_H_

#include <cmath>

#include "core/base/portable_math.h"

namespace edgetasks::kernels::ref {

// Each is a function object with R operator()(R x), R = float or double.
struct Abs {
  template <typename R>
  R operator()(R x) const {
    return std::abs(x);
  }
};
struct Negate {
  template <typename R>
  R operator()(R x) const {
    return -x;
  }
};
struct Sign {
  template <typename R>
  R operator()(R x) const {
    return static_cast<R>((x > 0) - (x < 0));
  }
};
struct Square {
  template <typename R>
  R operator()(R x) const {
    return x * x;
  }
};
struct Sqrt {
  template <typename R>
  R operator()(R x) const {
    return std::sqrt(x);
  }
};
struct Rsqrt {
  template <typename R>
  R operator()(R x) const {
    return R{1} / std::sqrt(x);
  }
};
struct Cbrt {
  template <typename R>
  R operator()(R x) const {
    return std::cbrt(x);
  }
};
struct Exp {
  template <typename R>
  R operator()(R x) const {
    return static_cast<R>(portable::Exp(x));
  }
};
struct Log {
  template <typename R>
  R operator()(R x) const {
    return static_cast<R>(portable::Log(x));
  }
};
struct Sin {
  template <typename R>
  R operator()(R x) const {
    return static_cast<R>(portable::Sin(x));
  }
};
struct Cos {
  template <typename R>
  R operator()(R x) const {
    return static_cast<R>(portable::Cos(x));
  }
};
struct Tanh {
  template <typename R>
  R operator()(R x) const {
    return static_cast<R>(portable::Tanh(x));
  }
};
// 1 / (1 + e^-x). e^-x may overflow to infinity: the result is then 0, as it should be.
struct Logistic {
  template <typename R>
  R operator()(R x) const {
    return R{1} / (R{1} + static_cast<R>(portable::Exp(-x)));
  }
};
// To the nearest integer, ties to even.
struct Round {
  template <typename R>
  R operator()(R x) const {
    return std::nearbyint(x);
  }
};
struct Ceil {
  template <typename R>
  R operator()(R x) const {
    return std::ceil(x);
  }
};
struct Floor {
  template <typename R>
  R operator()(R x) const {
    return std::floor(x);
  }
};
struct Relu {
  template <typename R>
  R operator()(R x) const {
    return x < 0 ? R{0} : x;
  }
};
struct Relu6 {
  template <typename R>
  R operator()(R x) const {
    return x < 0 ? R{0} : x > 6 ? R{6} : x;
  }
};
struct ReluN1To1 {
  template <typename R>
  R operator()(R x) const {
    return x < -1 ? R{-1} : x > 1 ? R{1} : x;
  }
};
struct Relu0To1 {
  template <typename R>
  R operator()(R x) const {
    return x < 0 ? R{0} : x > 1 ? R{1} : x;
  }
};
// Source: D.-A. Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear
// Units" (2016), with alpha 1.
struct Elu {
  template <typename R>
  R operator()(R x) const {
    return x < 0 ? std::expm1(x) : x;
  }
};
// x * P(X <= x) for a standard normal X. Source: D. Hendrycks, K. Gimpel, "Gaussian Error Linear
// Units" (2016). erfc keeps the digits that 1 + erf loses for negative x.
struct GeluExact {
  template <typename R>
  R operator()(R x) const {
    constexpr R kSqrtHalf = static_cast<R>(0.70710678118654752440);
    return R(0.5) * x * std::erfc(-x * kSqrtHalf);
  }
};
// The same paper's approximation: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
struct GeluTanh {
  template <typename R>
  R operator()(R x) const {
    constexpr R kSqrtTwoOverPi = static_cast<R>(0.79788456080286535588);
    const R argument = kSqrtTwoOverPi * (x + R(0.044715) * x * x * x);
    return R(0.5) * x * (R{1} + static_cast<R>(portable::Tanh(argument)));
  }
};
// x * relu6(x + 3) / 6. Source: A. Howard et al., "Searching for MobileNetV3" (2019), section 5.2.
struct HardSwish {
  template <typename R>
  R operator()(R x) const {
    return x * Relu6()(x + R{3}) / R{6};
  }
};
// Source: A. Maas et al., "Rectifier Nonlinearities Improve Neural Network Acoustic Models" (2013).
struct LeakyRelu {
  float alpha = 0.0f;
  template <typename R>
  R operator()(R x) const {
    return x < 0 ? x * static_cast<R>(alpha) : x;
  }
};

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_UNARY_MATH_H_
