#include "core/model/zip_archive.h"

#include <zip.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/little_endian.h"

namespace edgetasks::model {
namespace {

// Records of the ZIP format (PKWARE APPNOTE 6.3, sections 4.3.14 to 4.3.16).
constexpr uint32_t kEndSignature = 0x06054b50;           // end of central directory
constexpr uint32_t kZip64LocatorSignature = 0x07064b50;  // stands right before the end record
constexpr uint32_t kZip64EndSignature = 0x06064b50;
constexpr uint64_t kEndBytes = 22, kZip64LocatorBytes = 20, kZip64EndBytes = 56;
constexpr uint64_t kMaxCommentBytes = 0xffff;

// libzip tries every end record that it finds among the last bytes; honest files have one or two.
constexpr int kMaxEndRecords = 16;
constexpr uint64_t kMaxDirectoryBytes = uint64_t{16} << 20;

// A read-only source over memory. It remembers where the last read began, which tells where an
// entry's bytes lie once libzip has found them.
struct MemorySource {
  absl::Span<const uint8_t> bytes;
  uint64_t position = 0;
  uint64_t last_read_position = 0;
  zip_error_t error;
};

zip_int64_t SourceCallback(void* user_data, void* data, zip_uint64_t length,
                           zip_source_cmd_t command) {
  MemorySource& source = *static_cast<MemorySource*>(user_data);
  switch (command) {
    case ZIP_SOURCE_OPEN:
      source.position = 0;
      return 0;
    case ZIP_SOURCE_READ: {
      const uint64_t count = std::min<uint64_t>(length, source.bytes.size() - source.position);
      source.last_read_position = source.position;
      if (count > 0) std::memcpy(data, source.bytes.data() + source.position, count);
      source.position += count;
      return static_cast<zip_int64_t>(count);
    }
    case ZIP_SOURCE_SEEK: {
      const zip_int64_t target = zip_source_seek_compute_offset(
          source.position, source.bytes.size(), data, length, &source.error);
      if (target < 0) return -1;
      source.position = static_cast<uint64_t>(target);
      return 0;
    }
    case ZIP_SOURCE_TELL:
      return static_cast<zip_int64_t>(source.position);
    case ZIP_SOURCE_STAT: {
      auto* stat = static_cast<zip_stat_t*>(data);
      zip_stat_init(stat);
      stat->size = source.bytes.size();
      stat->valid = ZIP_STAT_SIZE;
      return sizeof(*stat);
    }
    case ZIP_SOURCE_ERROR:
      return zip_error_to_data(&source.error, data, length);
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
      return 0;
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap(
          ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
          ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS, -1);
    default:
      zip_error_set(&source.error, ZIP_ER_OPNOTSUPP, 0);
      return -1;
  }
}

absl::Status CorruptZip(const std::string& what) {
  return CorruptFile("the ZIP ", what, "; download or export the file again");
}

absl::Status TooManyEntries(uint64_t count) {
  return CorruptZip(
      absl::StrCat("declares ", count, " entries, expected at most ", ZipArchive::kMaxEntries));
}

// Where in the last bytes of a file an end record may begin.
uint64_t FirstEndCandidate(absl::Span<const uint8_t> bytes) {
  const uint64_t reach = kEndBytes + kMaxCommentBytes;
  return bytes.size() > reach ? bytes.size() - reach : 0;
}

// What an end record declares about the central directory.
struct Directory {
  uint64_t entries = 0, bytes = 0;
};

// The end record at `end`, or the ZIP64 end record that stands for it.
Directory ReadEndRecord(absl::Span<const uint8_t> bytes, uint64_t end) {
  const Directory directory{std::max(LoadU16(bytes, end + 8), LoadU16(bytes, end + 10)),
                            LoadU32(bytes, end + 12)};
  if (end < kZip64LocatorBytes) return directory;
  const uint64_t locator = end - kZip64LocatorBytes;
  if (LoadU32(bytes, locator) != kZip64LocatorSignature) return directory;
  const uint64_t record = LoadU64(bytes, locator + 8);
  if (record > bytes.size() || bytes.size() - record < kZip64EndBytes) return directory;
  if (LoadU32(bytes, record) != kZip64EndSignature) return directory;
  return {std::max(LoadU64(bytes, record + 24), LoadU64(bytes, record + 32)),
          LoadU64(bytes, record + 40)};
}

// libzip allocates by what end records declare, so each is held against our limits before libzip
// sees the file.
absl::Status CheckEndRecords(absl::Span<const uint8_t> bytes) {
  int found = 0;
  if (bytes.size() < kEndBytes) return CorruptZip("is shorter than its end record");
  for (uint64_t at = FirstEndCandidate(bytes); at <= bytes.size() - kEndBytes; ++at) {
    if (LoadU32(bytes, at) != kEndSignature) continue;
    if (++found > kMaxEndRecords) return CorruptZip("has several end records");
    const Directory directory = ReadEndRecord(bytes, at);
    if (directory.entries > ZipArchive::kMaxEntries) return TooManyEntries(directory.entries);
    if (directory.bytes > kMaxDirectoryBytes) {
      return CorruptZip(absl::StrCat("declares a directory of ", directory.bytes,
                                     " bytes, expected at most ", kMaxDirectoryBytes));
    }
  }
  return absl::OkStatus();
}

std::string ObstacleOf(const zip_stat_t& stat) {
  if (stat.encryption_method != ZIP_EM_NONE) return "encrypted";
  if (stat.comp_method == ZIP_CM_DEFLATE) return "deflate";
  if (stat.comp_method != ZIP_CM_STORE) return absl::StrCat("method ", stat.comp_method);
  return "";
}

// Finds the bytes of entry `index` by having libzip read the first of them.
absl::Status LocateData(zip_t* archive, zip_uint64_t index, const MemorySource& source,
                        ZipEntry* entry) {
  if (entry->size == 0) return absl::OkStatus();
  zip_file_t* file = zip_fopen_index(archive, index, 0);
  if (file == nullptr) {
    return CorruptZip(
        absl::StrCat("entry '", entry->name, "' cannot be read: ", zip_strerror(archive)));
  }
  absl::Cleanup close_file = [file] { zip_fclose(file); };
  uint8_t first;
  if (zip_fread(file, &first, 1) != 1) {
    return CorruptZip(absl::StrCat("entry '", entry->name, "' has no bytes where the directory ",
                                   "says; the file may be cut off"));
  }
  const uint64_t offset = source.last_read_position;
  if (offset > source.bytes.size() || entry->size > source.bytes.size() - offset) {
    return CorruptZip(absl::StrCat("entry '", entry->name, "' spans bytes ", offset, " to ",
                                   offset + entry->size, " of a file of ", source.bytes.size(),
                                   " bytes"));
  }
  entry->offset = offset;
  entry->data = source.bytes.subspan(offset, entry->size);
  return absl::OkStatus();
}

absl::StatusOr<ZipEntry> ReadEntry(zip_t* archive, zip_uint64_t index, const MemorySource& source) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  // RAW: names are compared as bytes, not converted between character sets.
  if (zip_stat_index(archive, index, ZIP_FL_ENC_RAW, &stat) != 0 || stat.name == nullptr) {
    return CorruptZip(absl::StrCat("entry ", index, " cannot be read: ", zip_strerror(archive)));
  }
  ZipEntry entry;
  entry.name = stat.name;
  entry.obstacle = ObstacleOf(stat);
  entry.size = stat.comp_size;
  if (!entry.obstacle.empty()) return entry;
  if (stat.size != stat.comp_size) {
    return CorruptZip(absl::StrCat("entry '", entry.name, "' is stored in ", stat.comp_size,
                                   " bytes but declares ", stat.size));
  }
  ET_RETURN_IF_ERROR(LocateData(archive, index, source, &entry));
  return entry;
}

// Entries share no bytes: it bounds what reading all of them can take.
absl::Status CheckDisjoint(const std::vector<ZipEntry>& entries) {
  std::vector<const ZipEntry*> ordered;
  for (const ZipEntry& entry : entries) {
    if (!entry.data.empty()) ordered.push_back(&entry);
  }
  std::sort(ordered.begin(), ordered.end(),
            [](const ZipEntry* a, const ZipEntry* b) { return a->offset < b->offset; });
  for (size_t i = 1; i < ordered.size(); ++i) {
    if (ordered[i]->offset - ordered[i - 1]->offset < ordered[i - 1]->size) {
      return CorruptZip(absl::StrCat("entries '", ordered[i - 1]->name, "' and '", ordered[i]->name,
                                     "' share bytes"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool ZipArchive::EndsLikeZip(absl::Span<const uint8_t> bytes) {
  if (bytes.size() < kEndBytes) return false;
  for (uint64_t at = FirstEndCandidate(bytes); at <= bytes.size() - kEndBytes; ++at) {
    if (LoadU32(bytes, at) == kEndSignature &&
        at + kEndBytes + LoadU16(bytes, at + 20) == bytes.size()) {
      return true;
    }
  }
  return false;
}

absl::StatusOr<ZipArchive> ZipArchive::Open(absl::Span<const uint8_t> bytes) {
  ET_RETURN_IF_ERROR(CheckEndRecords(bytes));

  MemorySource source;
  source.bytes = bytes;
  zip_error_init(&source.error);
  zip_error_t error;
  zip_error_init(&error);
  absl::Cleanup free_errors = [&] {
    zip_error_fini(&error);
    zip_error_fini(&source.error);
  };
  zip_source_t* handle = zip_source_function_create(SourceCallback, &source, &error);
  zip_t* archive = nullptr;
  if (handle != nullptr) archive = zip_open_from_source(handle, ZIP_RDONLY, &error);
  if (archive == nullptr) {
    const std::string message = zip_error_strerror(&error);
    if (handle != nullptr) zip_source_free(handle);
    return CorruptZip(absl::StrCat("directory cannot be read: ", message));
  }
  absl::Cleanup close_archive = [archive] { zip_discard(archive); };

  const zip_int64_t count = zip_get_num_entries(archive, 0);
  if (count < 0 || static_cast<uint64_t>(count) > kMaxEntries) {
    return TooManyEntries(static_cast<uint64_t>(count));
  }
  ZipArchive result;
  for (zip_int64_t i = 0; i < count; ++i) {
    ET_ASSIGN_OR_RETURN(ZipEntry entry, ReadEntry(archive, static_cast<zip_uint64_t>(i), source));
    result.entries_.push_back(std::move(entry));
  }
  ET_RETURN_IF_ERROR(CheckDisjoint(result.entries_));
  return result;
}

const ZipEntry* ZipArchive::Find(absl::string_view name) const {
  for (const ZipEntry& entry : entries_) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

}  // namespace edgetasks::model
