#include "core/model/file_format.h"

#include <protozero/pbf_writer.hpp>
#include <string>

#include "tests/support/bundle_builder.h"
#include "tests/support/read_tflite.h"

namespace edgetasks::model {
namespace {

using ::edgetasks::test::Bytes;
using ::edgetasks::test::BytesOf;
using ::edgetasks::test::IsError;

absl::Status Detect(absl::string_view text) { return DetectContainer(BytesOf(text)).status(); }

TEST(FileFormatTest, ContainersAreKnownByTheirContent) {
  EXPECT_EQ(*DetectContainer(test::TinyTflite()), Container::kTflite);
  EXPECT_EQ(*DetectContainer(test::TinyTask()), Container::kTask);
  EXPECT_EQ(*DetectContainer(test::TinyLitertlm()), Container::kLitertlm);
  EXPECT_EQ(NameOf(Container::kTflite), "tflite");
  EXPECT_EQ(NameOf(Container::kTask), "task");
  EXPECT_EQ(NameOf(Container::kLitertlm), "litertlm");
}

TEST(FileFormatTest, FormatsOfOtherProgramsAreNamedWithTheWayOut) {
  const struct {
    absl::string_view head, name, way_out;
  } kCases[] = {
      {"GGUF\3\0\0\0", "GGUF file (llama.cpp)", "litert-torch"},
      {"lmgg", "GGML file", "litert-torch"},
      {absl::string_view("\x24\0\0\0ET12", 8), "ExecuTorch program", "litert-torch"},
      {absl::string_view("\x24\0\0\0ORTM", 8), "ONNX Runtime model", "litert-torch"},
      {"\x89HDF\r\n\x1a\n", "HDF5 file (Keras)", "TFLiteConverter"},
      {"\x1f\x8b\x08", "gzip archive", "unpack it"},
      {absl::string_view("\xfd\x37zXZ\0", 6), "xz archive", "unpack it"},
      {"BZh9", "bzip2 archive", "unpack it"},
      {"\x28\xb5\x2f\xfd", "Zstandard archive", "unpack it"},
      {"version https://git-lfs.github.com/spec/v1", "Git LFS pointer", "git lfs pull"},
      {"<!DOCTYPE html>", "web page", "download the model file itself"},
      {"<html>", "web page", "download the model file itself"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(Detect(c.head), IsError(ErrorDetail::kUnsupportedFormat, std::string(c.name)));
    EXPECT_THAT(Detect(c.head), IsError(ErrorDetail::kUnsupportedFormat, std::string(c.way_out)));
  }
  Bytes tar(512, 0);
  std::string("ustar").copy(reinterpret_cast<char*>(tar.data()) + 257, 5);
  EXPECT_THAT(DetectContainer(tar).status(),
              IsError(ErrorDetail::kUnsupportedFormat, "tar archive"));
}

TEST(FileFormatTest, SafetensorsIsNamed) {
  const std::string json = R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  std::string file(8, '\0');
  file[0] = static_cast<char>(json.size());
  file += json + std::string(4, '\0');
  EXPECT_THAT(Detect(file), IsError(ErrorDetail::kUnsupportedFormat, "safetensors checkpoint"));
}

TEST(FileFormatTest, OnnxIsNamedOnlyIfTheWholeFileIsAModelProto) {
  std::string file;
  protozero::pbf_writer writer(file);
  writer.add_int64(1, 8);
  writer.add_string(2, "pytorch");
  writer.add_message(7, std::string("graph"));
  EXPECT_THAT(Detect(file), IsError(ErrorDetail::kUnsupportedFormat, "an ONNX model"));
  EXPECT_THAT(Detect(file + "\xff"), IsError(ErrorDetail::kNotAModelFile, ""));
  std::string other = file;
  protozero::pbf_writer(other).add_string(9, "no such field");
  EXPECT_THAT(Detect(other), IsError(ErrorDetail::kNotAModelFile, ""));
}

TEST(FileFormatTest, BundlesThatAreCutOffAreCorrupt) {
  Bytes file = test::TinyTask();
  file.resize(file.size() / 2);
  EXPECT_THAT(DetectContainer(file).status(),
              IsError(ErrorDetail::kCorruptFile, "does not end like one"));
}

TEST(FileFormatTest, OtherFilesShowHowTheyBegin) {
  EXPECT_THAT(Detect("\x89PNG\r\n"),
              IsError(ErrorDetail::kNotAModelFile, "it begins with \"\\x89PNG\\r\\n\""));
  EXPECT_THAT(Detect("a"), IsError(ErrorDetail::kNotAModelFile, "EdgeTasks reads .tflite"));
}

}  // namespace
}  // namespace edgetasks::model
