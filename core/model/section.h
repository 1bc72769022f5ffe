// One part of a container, as it stands in the file.
#ifndef CORE_MODEL_SECTION_H_
#define CORE_MODEL_SECTION_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace edgetasks::model {

using KeyValue = std::pair<std::string, std::string>;

// An entry of a .task, a section of a .litertlm, or the whole .tflite.
struct Section {
  std::string type;               // "TFLiteModel", "SP_Tokenizer", ...; the entry's name in a .task
  std::string model_type;         // of a model section: "tf_lite_prefill_decode", ...; else ""
  uint64_t offset = 0, size = 0;  // bytes, from the start of the file
  std::vector<KeyValue> items;    // a .litertlm's key-value pairs, values as text
  std::string skipped;            // why this part is not used; "" if it is, or needs no use

  // The value of the item with this key; "" if there is none.
  absl::string_view item(absl::string_view key) const {
    for (const KeyValue& entry : items) {
      if (entry.first == key) return entry.second;
    }
    return "";
  }
};

}  // namespace edgetasks::model

#endif  // CORE_MODEL_SECTION_H_
