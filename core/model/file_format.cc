#include "core/model/file_format.h"

#include <algorithm>
#include <protozero/pbf_reader.hpp>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "core/base/error.h"
#include "core/model/litertlm_header.h"
#include "core/model/little_endian.h"
#include "core/model/zip_archive.h"

namespace edgetasks::model {
namespace {

constexpr absl::string_view kReads = "EdgeTasks reads .tflite, .task and .litertlm files";

// Formats that people are likely to try, and what leads on from them.
struct Foreign {
  size_t offset;
  absl::string_view magic;
  absl::string_view name;
  absl::string_view way_out;
};

constexpr absl::string_view kConvert =
    "convert the original PyTorch model with litert-torch to .tflite or .litertlm";
constexpr absl::string_view kUnpack = "unpack it and open the model file inside";
constexpr absl::string_view kDownload = "download the model file itself";

constexpr Foreign kForeign[] = {
    {0, "GGUF", "a GGUF file (llama.cpp)", kConvert},
    {0, "lmgg", "a GGML file (llama.cpp)", kConvert},
    {0, "tjgg", "a GGML file (llama.cpp)", kConvert},
    {4, "ET12", "an ExecuTorch program", kConvert},
    {4, "ORTM", "an ONNX Runtime model",
     "convert the original PyTorch model with litert-torch to .tflite"},
    {0, "\x89HDF\r\n", "an HDF5 file (Keras)",
     "convert it with tf.lite.TFLiteConverter to .tflite"},
    {0, "\x1f\x8b", "a gzip archive", kUnpack},
    {0, absl::string_view("\xfd\x37zXZ\0", 6), "an xz archive", kUnpack},
    {0, "BZh", "a bzip2 archive", kUnpack},
    {0, "\x28\xb5\x2f\xfd", "a Zstandard archive", kUnpack},
    {257, "ustar", "a tar archive", kUnpack},
    {0, "version https://git-lfs", "a Git LFS pointer, not the file that it stands for",
     "run `git lfs pull`, or download the file itself"},
    {0, "<!DOCTYPE", "a web page", kDownload},
    {0, "<!doctype", "a web page", kDownload},
    {0, "<html", "a web page", kDownload},
};

bool HasAt(absl::Span<const uint8_t> file, size_t offset, absl::string_view magic) {
  if (file.size() < offset + magic.size()) return false;
  return std::equal(magic.begin(), magic.end(), file.begin() + offset,
                    [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

// A safetensors file: the length of a JSON header, then the header.
bool IsSafetensors(absl::Span<const uint8_t> file) {
  if (file.size() < 16 || file[8] != '{' || file[9] != '"') return false;
  const uint64_t header_bytes = LoadU64(file, 0);
  return header_bytes >= 2 && header_bytes <= file.size() - 8;
}

// An ONNX ModelProto has no magic number. It is taken for one if the whole file parses as a message
// that begins with field 1 (ir_version), has field 7 (graph) and no number that ModelProto lacks.
bool IsOnnx(absl::Span<const uint8_t> file) {
  if (file.size() < 16 || file[0] != 0x08) return false;
  bool has_graph = false;
  try {
    protozero::pbf_reader reader(reinterpret_cast<const char*>(file.data()), file.size());
    while (reader.next()) {
      const uint32_t tag = reader.tag();
      if (tag > 8 && tag != 14 && tag != 20 && tag != 25 && tag != 26) return false;
      const bool is_number = tag == 1 || tag == 5;
      const protozero::pbf_wire_type expected =
          is_number ? protozero::pbf_wire_type::varint : protozero::pbf_wire_type::length_delimited;
      if (reader.wire_type() != expected) return false;
      has_graph = has_graph || tag == 7;
      reader.skip();
    }
  } catch (const protozero::exception&) {
    return false;
  }
  return has_graph;
}

absl::Status Refuse(absl::string_view name, absl::string_view way_out) {
  return Unsupported(ErrorDetail::kUnsupportedFormat, "this is ", name, "; ", kReads, ": ",
                     way_out);
}

absl::Status NotAModel(absl::Span<const uint8_t> file) {
  const size_t shown = std::min<size_t>(file.size(), 8);
  const absl::string_view head(reinterpret_cast<const char*>(file.data()), shown);
  return MakeError(
      absl::StatusCode::kInvalidArgument, ErrorDetail::kNotAModelFile,
      absl::StrCat("not a model file: it begins with \"", absl::CHexEscape(head), "\"; ", kReads));
}

}  // namespace

absl::string_view NameOf(Container container) {
  switch (container) {
    case Container::kTflite:
      return "tflite";
    case Container::kTask:
      return "task";
    case Container::kLitertlm:
      return "litertlm";
  }
  return "";
}

absl::StatusOr<Container> DetectContainer(absl::Span<const uint8_t> file) {
  if (HasAt(file, 0, kLitertlmMagic)) return Container::kLitertlm;
  if (HasAt(file, 4, "TFL3")) return Container::kTflite;
  for (const Foreign& foreign : kForeign) {
    if (HasAt(file, foreign.offset, foreign.magic)) return Refuse(foreign.name, foreign.way_out);
  }
  if (ZipArchive::EndsLikeZip(file)) return Container::kTask;
  // A .task may have up to four zero bytes in front of its first entry.
  for (size_t offset = 0; offset <= 4; ++offset) {
    if (HasAt(file, offset, "PK\x03\x04")) {
      return CorruptFile(
          "this begins like a .task bundle (a ZIP) but does not end like one, as if ",
          "cut off at ", file.size(), " bytes; download it again");
    }
  }
  if (IsSafetensors(file)) return Refuse("a safetensors checkpoint", kConvert);
  if (IsOnnx(file)) return Refuse("an ONNX model", kConvert);
  return NotAModel(file);
}

}  // namespace edgetasks::model
