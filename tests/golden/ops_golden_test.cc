// Every graph of ops/ in the test data through `edgetasks invoke`, against LiteRT's answers.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "core/base/mapped_file.h"
#include "core/model/model_file.h"
#include "cpp_api/cli/npy.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/support/subprocess.h"
#include "tests/support/testdata.h"

namespace edgetasks {
namespace {

using cli::NpyArray;
using cli::ReadNpy;
using nlohmann::json;

// Float results differ from LiteRT's by the order of sums and by the library's approximations. The
// bounds are the issue's, as fractions of the output's range.
constexpr double kExactOps = 1e-5;
constexpr double kTranscendentalOps = 1e-4;
// Activations are rounded to 8 bits on the fly: each contributes up to half of 1/255 of its row's
// range, and LiteRT rounds them by a rule of its own.
constexpr double kDynamicRangeOps = 0.015;

const std::set<std::string> kTranscendental = {"ATAN2",
                                               "COS",
                                               "EXP",
                                               "GELU",
                                               "LOG",
                                               "LOGISTIC",
                                               "LOG_SOFTMAX",
                                               "POW",
                                               "RSQRT",
                                               "SIN",
                                               "SOFTMAX",
                                               "SQRT",
                                               "STABLEHLO_COMPOSITE",
                                               "TANH"};

// The constants of float graphs are float unless it computes with activations that it quantizes on
// the fly: then some weight is an integer, though inputs and outputs are float.
bool IsDynamicRange(const json& report) {
  bool integer_weights = false;
  for (const json& row : report["quantization"]) {
    const std::string type = row["type"];
    integer_weights |= type.rfind("int8 per", 0) == 0 || type.rfind("int4", 0) == 0;
  }
  bool float_io = true;
  for (const json& graph : {report["graphs"][0]}) {
    for (const json& tensor : graph["inputs"]) float_io &= tensor["dtype"] == "float32";
  }
  return integer_weights && float_io;
}

double ToleranceOf(const json& entry, const json& report) {
  if (IsDynamicRange(report)) return kDynamicRangeOps;
  for (const std::string op : entry["ops"]) {
    if (kTranscendental.count(op) > 0) return kTranscendentalOps;
  }
  return kExactOps;
}

template <typename T>
std::vector<double> Widen(const NpyArray& array) {
  std::vector<double> values(array.bytes.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, array.bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<double>(value);
  }
  return values;
}

std::vector<double> ToDoubles(const NpyArray& array) {
  switch (array.dtype) {
    case ir::DType::kFloat32:
      return Widen<float>(array);
    case ir::DType::kInt8:
      return Widen<int8_t>(array);
    case ir::DType::kUInt8:
    case ir::DType::kBool:
      return Widen<uint8_t>(array);
    case ir::DType::kInt16:
      return Widen<int16_t>(array);
    case ir::DType::kInt32:
      return Widen<int32_t>(array);
    case ir::DType::kInt64:
      return Widen<int64_t>(array);
    default:
      return {};
  }
}

// LiteRT 2.3.0 answers zeros for BATCH_MATMUL of int16 activations with int8 weights scaled by
// channel, on every one of its paths: it takes the one multiplier that such weights do not have.
// These graphs are held against exact arithmetic instead.
const std::set<std::string> kZeroInLiteRt = {"litert_static_w8_a16_quantized_attn_vec_einsum",
                                             "litert_static_w8_a16_quantized_q_einsum"};

// [M, K] x [K, N] of a graph of RESHAPE, BATCH_MATMUL, RESHAPE: round(sum x * w * sx * sw[n] / sy),
// zero points 0, from the numbers in the file.
NpyArray ExactProduct(const std::string& model_path, const NpyArray& input, const NpyArray& like) {
  auto mapped = MappedFile::Open(model_path);
  auto file = model::OpenModelFile(*mapped);
  const ir::Graph& graph = (*file)->main_model().graphs[0];
  const ir::Op& op = graph.ops[1];
  const ir::Tensor &x = graph.tensors[op.inputs[0]], &w = graph.tensors[op.inputs[1]],
                   &y = graph.tensors[op.outputs[0]];
  const int64_t k_size = w.shape.dim(0), n_size = w.shape.dim(1);
  const int64_t m_size = static_cast<int64_t>(input.bytes.size()) / 2 / k_size;
  const std::vector<double> values = Widen<int16_t>(input);
  NpyArray result = like;
  for (int64_t m = 0; m < m_size; ++m) {
    for (int64_t n = 0; n < n_size; ++n) {
      double sum = 0;  // exact: 128 products below 2^22
      for (int64_t k = 0; k < k_size; ++k) {
        sum += values[m * k_size + k] * static_cast<int8_t>(w.data[k * n_size + n]);
      }
      const double scale = static_cast<double>(x.quantization.scale()) * w.quantization.scales[n] /
                           y.quantization.scale();
      const auto q =
          static_cast<int16_t>(std::clamp(std::nearbyint(sum * scale), -32768.0, 32767.0));
      std::memcpy(result.bytes.data() + (m * n_size + n) * 2, &q, 2);
    }
  }
  return result;
}

class OpsGoldenTest : public ::testing::TestWithParam<std::string> {
 protected:
  static json Report(const std::string& model) {
    const auto result = test::RunProcess({EDGETASKS_COMMAND, "inspect", model, "--json"});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    return json::parse(result.out, nullptr, false);
  }

  static void Compare(const NpyArray& got, const NpyArray& expected, double tolerance,
                      bool quantized) {
    ASSERT_EQ(got.dtype, expected.dtype);
    ASSERT_EQ(got.shape, expected.shape);
    const std::vector<double> x = ToDoubles(got), y = ToDoubles(expected);
    double low = 0, high = 0, worst = 0;
    for (size_t i = 0; i < y.size(); ++i) {
      if (std::isnan(x[i]) != std::isnan(y[i])) FAIL() << "element " << i << " is not a number";
      if (std::isnan(y[i]) || x[i] == y[i]) continue;
      worst = std::max(worst, std::abs(x[i] - y[i]));
    }
    for (double value : y) {
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
    if (got.dtype == ir::DType::kFloat32) {
      EXPECT_LE(worst, tolerance * (high - low)) << "range [" << low << ", " << high << "]";
    } else {
      EXPECT_LE(worst, quantized ? 1 : 0);
    }
  }
};

TEST_P(OpsGoldenTest, EqualsLiteRt) {
  const std::string folder = test::TestDataPath("ops/" + GetParam());
  const std::string model = folder + "/model.tflite";
  std::ifstream index_file(test::TestDataPath("ops/index.json"));
  const json entry = json::parse(index_file)[GetParam()];
  const json report = Report(model);
  ASSERT_TRUE(report.is_object());

  test::TemporaryFolder out;
  std::vector<std::string> command = {EDGETASKS_COMMAND, "invoke", model, "--output-dir",
                                      out.path()};
  for (size_t i = 0; i < entry["inputs"].size(); ++i) {
    command.push_back("--input");
    command.push_back(std::to_string(i) + "=" + folder + "/in" + std::to_string(i) + ".npy");
  }
  const auto result = test::RunProcess(command);
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json outputs = json::parse(result.out);
  ASSERT_EQ(outputs.size(), entry["outputs"].size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    SCOPED_TRACE("output " + std::to_string(i));
    auto got = ReadNpy(out.path() + "/" + std::to_string(i) + ".npy");
    auto expected = ReadNpy(folder + "/out" + std::to_string(i) + ".npy");
    ASSERT_TRUE(got.ok()) << got.status();
    ASSERT_TRUE(expected.ok()) << expected.status();
    if (kZeroInLiteRt.count(GetParam()) > 0) {
      for (double value : ToDoubles(*expected)) ASSERT_EQ(value, 0) << "LiteRT is right by now";
      expected = ExactProduct(model, *ReadNpy(folder + "/in0.npy"), *expected);
    }
    const bool quantized = report["graphs"][0]["outputs"][i].contains("scale");
    Compare(*got, *expected, ToleranceOf(entry, report), quantized);
  }
}

std::vector<std::string> AllGraphs() {
  std::ifstream file(test::TestDataPath("ops/index.json"));
  const json index = json::parse(file, nullptr, false);
  std::vector<std::string> names;
  if (index.is_object()) {
    for (const auto& [name, entry] : index.items()) names.push_back(name);
  }
  return names;
}

std::string TestName(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, OpsGoldenTest, ::testing::ValuesIn(AllGraphs()), TestName);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OpsGoldenTest);

TEST(OpsGoldenCountTest, All120GraphsAreThere) {
  if (AllGraphs().empty()) GTEST_SKIP() << "test data is absent: ops/index.json";
  EXPECT_EQ(AllGraphs().size(), 120u);
}

}  // namespace
}  // namespace edgetasks
