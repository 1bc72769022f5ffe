// Random operands of matrix products, and the products in double.
#ifndef TESTS_SUPPORT_MATMUL_DATA_H_
#define TESTS_SUPPORT_MATMUL_DATA_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace edgetasks::test {

struct MatMulSize {
  int32_t rows, columns, depth;
};

// Around the tiles (32 x 64) and the vectors (4 x 4, 8 and 16 elements), and primes.
inline std::vector<MatMulSize> MatMulSizes() {
  return {{1, 1, 1},  {1, 63, 16}, {1, 64, 17}, {1, 65, 15},  {31, 3, 8},
          {32, 4, 9}, {33, 5, 61}, {2, 127, 7}, {67, 131, 2}, {5, 67, 1031}};
}

class MatMulRandom {
 public:
  std::vector<float> Floats(int64_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = std::normal_distribution<float>()(engine_);
    return values;
  }
  // Powers of two around `scale`: products with them are exact.
  std::vector<float> Scales(int64_t count, float scale) {
    std::vector<float> values(count);
    for (float& value : values) {
      value = scale * static_cast<float>(1 << std::uniform_int_distribution<int>(0, 3)(engine_));
    }
    return values;
  }
  template <typename T>
  std::vector<T> Integers(int64_t count, int64_t low, int64_t high) {
    std::vector<T> values(count);
    for (T& value : values) {
      value = static_cast<T>(std::uniform_int_distribution<int64_t>(low, high)(engine_));
    }
    return values;
  }

 private:
  std::mt19937 engine_{7};
};

// Two's complement nibbles, the first element in the low one.
inline std::vector<uint8_t> PackInt4(const std::vector<int8_t>& values) {
  std::vector<uint8_t> bytes((values.size() + 1) / 2);
  for (size_t i = 0; i < values.size(); ++i) {
    bytes[i / 2] |= static_cast<uint8_t>((values[i] & 0xF) << (i % 2 * 4));
  }
  return bytes;
}

template <typename T>
std::vector<uint8_t> BytesOf(const std::vector<T>& values) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
  return std::vector<uint8_t>(bytes, bytes + values.size() * sizeof(T));
}

// C[i, j] = sum over k of A[i, k] * B[j, k], and the sum of the products' magnitudes.
struct Product {
  std::vector<double> sums, magnitudes;
};
template <typename A, typename B>
Product Multiply(const MatMulSize& size, const std::vector<A>& a, const std::vector<B>& b) {
  Product c;
  for (int64_t i = 0; i < size.rows; ++i) {
    for (int64_t j = 0; j < size.columns; ++j) {
      double sum = 0, magnitude = 0;
      for (int64_t k = 0; k < size.depth; ++k) {
        const double product =
            static_cast<double>(a[i * size.depth + k]) * static_cast<double>(b[j * size.depth + k]);
        sum += product;
        magnitude += std::abs(product);
      }
      c.sums.push_back(sum);
      c.magnitudes.push_back(magnitude);
    }
  }
  return c;
}

// [rows, columns] -> [columns, rows].
template <typename T>
std::vector<T> Transposed(const std::vector<T>& matrix, int64_t rows, int64_t columns) {
  std::vector<T> result(matrix.size());
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) result[j * rows + i] = matrix[i * columns + j];
  }
  return result;
}

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_MATMUL_DATA_H_
