// Makes .task and .litertlm files in memory, right ones and wrong ones.
#ifndef TESTS_SUPPORT_BUNDLE_BUILDER_H_
#define TESTS_SUPPORT_BUNDLE_BUILDER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/model/schema/litertlm_header_generated.h"

namespace edgetasks::test {

using Bytes = std::vector<uint8_t>;

Bytes BytesOf(absl::string_view text);

// The smallest graph that a bundle can hold: y = x + 1, with signature "decode".
Bytes TinyTflite();

// A file of ZIP entries, stored unless said otherwise.
//
//   Bytes file = ZipBuilder().Add("METADATA", bytes).Add(...).Finish();
class ZipBuilder {
 public:
  struct Entry {
    std::string name;
    Bytes data;
    uint16_t method = 0;       // 0 stored, 8 deflate (`data` is then the deflated bytes)
    uint16_t flags = 0;        // bit 0: encrypted
    uint64_t size_excess = 0;  // what the directory claims beyond the data's size
    int64_t offset_shift = 0;  // what the directory's offset is wrong by
  };

  ZipBuilder& Add(std::string name, Bytes data);
  ZipBuilder& Add(Entry entry);
  // Bytes in front of the first entry, which offsets count too: a .tflite with files behind it.
  ZipBuilder& Behind(Bytes file);
  // Zero bytes before each local header so that data begins at multiples of 4, as MediaPipe's
  // bundler does (it inserts 4 where none are needed).
  ZipBuilder& Padded();
  // Sizes and offsets in ZIP64 fields and a ZIP64 end record.
  ZipBuilder& Zip64();
  // The entry count of the end records, in place of the true one.
  ZipBuilder& ClaimEntries(uint64_t count);

  Bytes Finish() const;

 private:
  void AddLocal(const Entry& entry, Bytes* file) const;
  void AddCentral(const Entry& entry, uint64_t offset, Bytes* file) const;
  void AddEnd(uint64_t directory, Bytes* file) const;

  std::vector<Entry> entries_;
  Bytes prefix_;
  bool padded_ = false, zip64_ = false;
  int64_t claimed_entries_ = -1;
};

// A .task with TF_LITE_PREFILL_DECODE, TOKENIZER_MODEL and METADATA.
Bytes TinyTask();

// A .litertlm.
class LitertlmBuilder {
 public:
  using SectionType = model::litertlm::SectionType;
  using Items = std::vector<std::pair<std::string, std::string>>;

  LitertlmBuilder& AddSystem(const std::string& key, const std::string& value);
  LitertlmBuilder& Add(SectionType type, Bytes data, const Items& items = {});
  // A TFLiteModel section.
  LitertlmBuilder& AddModel(const std::string& model_type, Bytes data,
                            const std::string& backend_constraint = "");

  // All offsets are as Finish makes them; what stands in the header can be changed after.
  model::litertlm::HeaderT& header() { return header_; }
  std::vector<std::unique_ptr<model::litertlm::SectionEntryT>>& sections() {
    return header_.section_metadata->objects;
  }
  // The header's end, in place of the true one.
  LitertlmBuilder& ClaimHeaderEnd(uint64_t offset);
  LitertlmBuilder& Version(uint32_t major, uint32_t minor, uint32_t patch);

  LitertlmBuilder();
  Bytes Finish() const;

 private:
  model::litertlm::HeaderT header_;
  std::vector<Bytes> data_;
  uint64_t next_offset_ = 16384;
  uint64_t claimed_header_end_ = 0;
  uint32_t version_[3] = {1, 7, 0};
};

// A .litertlm with LlmMetadata, a SentencePiece tokenizer and a graph.
Bytes TinyLitertlm();

// An HF_Tokenizer_Zlib section: the size, then a zlib stream.
Bytes ZlibTokenizer(absl::string_view json);

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_BUNDLE_BUILDER_H_
