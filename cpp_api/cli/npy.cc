#include "cpp_api/cli/npy.h"

#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/base/checked_math.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::cli {
namespace {

constexpr absl::string_view kMagic("\x93NUMPY", 6);

struct TypeCode {
  const char* descr;  // without the byte order
  ir::DType dtype;
};
constexpr TypeCode kTypes[] = {
    {"f4", ir::DType::kFloat32}, {"f2", ir::DType::kFloat16}, {"V2", ir::DType::kBFloat16},
    {"i1", ir::DType::kInt8},    {"u1", ir::DType::kUInt8},   {"i2", ir::DType::kInt16},
    {"i4", ir::DType::kInt32},   {"i8", ir::DType::kInt64},   {"b1", ir::DType::kBool},
};

absl::Status Bad(const std::string& path, absl::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kWrongTensor,
                   absl::StrCat(path, ": ", why));
}

// The text behind 'key': in the header's dictionary.
absl::string_view ValueOf(absl::string_view header, absl::string_view key) {
  const std::string quoted = absl::StrCat("'", key, "':");
  const size_t at = header.find(quoted);
  if (at == absl::string_view::npos) return "";
  return absl::StripLeadingAsciiWhitespace(header.substr(at + quoted.size()));
}

absl::StatusOr<ir::DType> ParseType(const std::string& path, absl::string_view header) {
  absl::string_view value = ValueOf(header, "descr");
  if (!absl::ConsumePrefix(&value, "'")) return Bad(path, "structured arrays are not supported");
  const absl::string_view descr = value.substr(0, value.find('\''));
  for (const TypeCode& type : kTypes) {
    if (descr.size() == 3 && descr.substr(1) == type.descr) {
      const bool one_byte = absl::EndsWith(descr, "1");
      if (descr[0] == '>' && !one_byte) break;
      return type.dtype;
    }
  }
  return Bad(path, absl::StrCat("type '", descr,
                                "' is not supported; use little-endian float32, "
                                "float16, int8, uint8, int16, int32, int64 or bool"));
}

absl::StatusOr<std::vector<int64_t>> ParseShape(const std::string& path, absl::string_view header) {
  absl::string_view value = ValueOf(header, "shape");
  const size_t end = value.find(')');
  if (!absl::ConsumePrefix(&value, "(") || end == absl::string_view::npos) {
    return Bad(path, "the header has no shape");
  }
  std::vector<int64_t> shape;
  for (absl::string_view part : absl::StrSplit(value.substr(0, end - 1), ',')) {
    part = absl::StripAsciiWhitespace(part);
    if (part.empty()) continue;
    int64_t dim = 0;
    if (!absl::SimpleAtoi(part, &dim) || dim < 0) return Bad(path, "the shape is malformed");
    shape.push_back(dim);
  }
  return shape;
}

}  // namespace

absl::StatusOr<NpyArray> ReadNpy(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return MakeError(absl::StatusCode::kNotFound, ErrorDetail::kFileNotFound,
                     absl::StrCat(path, ": cannot open the file; check the path"));
  }
  const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!absl::StartsWith(all, kMagic) || all.size() < 12) {
    return Bad(path, "not an .npy file; write it with numpy.save");
  }
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(all[i]); };
  const bool short_length = byte(6) == 1;
  const size_t begin = short_length ? 10 : 12;
  size_t length = byte(8) | byte(9) << 8;
  if (!short_length)
    length |= static_cast<size_t>(byte(10)) << 16 | static_cast<size_t>(byte(11)) << 24;
  if (length > all.size() - begin) return Bad(path, "the header is cut off");
  const absl::string_view header = absl::string_view(all).substr(begin, length);
  if (!absl::StartsWith(ValueOf(header, "fortran_order"), "False")) {
    return Bad(path, "Fortran order is not supported; save numpy.ascontiguousarray(array)");
  }
  NpyArray array;
  ET_ASSIGN_OR_RETURN(array.dtype, ParseType(path, header));
  ET_ASSIGN_OR_RETURN(array.shape, ParseShape(path, header));
  int64_t bytes = ir::BitsOf(array.dtype) / 8;
  for (int64_t dim : array.shape) {
    if (!CheckedMul<int64_t>(bytes, dim, &bytes)) return Bad(path, "the shape is too large");
  }
  const size_t data = begin + length;
  if (static_cast<uint64_t>(bytes) != all.size() - data) {
    return Bad(path, absl::StrCat("expected ", bytes, " bytes of data, got ", all.size() - data));
  }
  array.bytes.assign(all.begin() + static_cast<std::ptrdiff_t>(data), all.end());
  return array;
}

absl::Status WriteNpy(const std::string& path, const NpyArray& array) {
  std::string descr;
  for (const TypeCode& type : kTypes) {
    if (type.dtype == array.dtype) {
      descr = absl::StrCat(absl::EndsWith(type.descr, "1") ? "|" : "<", type.descr);
    }
  }
  if (descr.empty()) {
    return Bad(path, absl::StrCat("cannot write an array of ", ir::NameOf(array.dtype)));
  }
  std::string header = absl::StrCat("{'descr': '", descr, "', 'fortran_order': False, 'shape': (");
  for (int64_t dim : array.shape) absl::StrAppend(&header, dim, ", ");
  absl::StrAppend(&header, "), }");
  // Magic, version, length and header together fill a multiple of 64 bytes.
  header.append(63 - (kMagic.size() + 4 + header.size()) % 64, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  file << kMagic << '\x01' << '\x00' << static_cast<char>(header.size() & 0xff)
       << static_cast<char>(header.size() >> 8) << header;
  file.write(reinterpret_cast<const char*>(array.bytes.data()),
             static_cast<std::streamsize>(array.bytes.size()));
  file.close();
  if (!file) {
    return MakeError(
        absl::StatusCode::kPermissionDenied, ErrorDetail::kFileUnreadable,
        absl::StrCat(path, ": cannot be written; check the folder and its permissions"));
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::cli
