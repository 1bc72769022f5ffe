// Every graph of ops/ in the test data through `edgetasks invoke`, against LiteRT's answers.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

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
