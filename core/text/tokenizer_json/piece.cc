#include "core/text/tokenizer_json/piece.h"

namespace edgetasks::text::tokenizer_json {
namespace {

// Neighbours that become one. A match is joined with what is on its one side unless that is a match
// itself; "contiguous" joins neighbours of the same kind, and takes the text before the first part
// for no match.
std::vector<Part> Merge(const std::vector<Part>& parts, SplitBehavior behavior) {
  std::vector<Part> merged;
  bool previous = false;
  if (behavior == SplitBehavior::kMergedWithNext) {
    for (size_t i = parts.size(); i-- > 0;) {
      const bool joins = parts[i].is_match && !previous && !merged.empty();
      previous = parts[i].is_match;
      if (joins) {
        merged.back().begin = parts[i].begin;
      } else {
        merged.push_back(parts[i]);
      }
    }
    std::reverse(merged.begin(), merged.end());
    return merged;
  }
  for (const Part& part : parts) {
    const bool joins = behavior == SplitBehavior::kContiguous ? part.is_match == previous
                                                              : part.is_match && !previous;
    previous = part.is_match;
    if (joins && !merged.empty()) {
      merged.back().end = part.end;
    } else {
      merged.push_back(part);
    }
  }
  return merged;
}

}  // namespace

void CutPiece(const Piece& piece, const std::vector<Part>& parts, SplitBehavior behavior,
              std::vector<Piece>* pieces) {
  const bool removed = behavior == SplitBehavior::kRemoved;
  const auto add = [&](const Part& part) {
    if (part.end > part.begin) pieces->push_back(piece.Slice(part.begin, part.end));
  };
  if (removed || behavior == SplitBehavior::kIsolated) {
    for (const Part& part : parts) {
      if (!removed || !part.is_match) add(part);
    }
    return;
  }
  for (const Part& part : Merge(parts, behavior)) add(part);
}

}  // namespace edgetasks::text::tokenizer_json
