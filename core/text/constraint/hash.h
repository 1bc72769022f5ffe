// A hash of sequences of integers, and a table of what is kept once by its hash.
#ifndef CORE_TEXT_CONSTRAINT_HASH_H_
#define CORE_TEXT_CONSTRAINT_HASH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace edgetasks::text {

// The finalizer of SplitMix64 over what came so far and the next value.
inline uint64_t HashStep(uint64_t hash, uint64_t value) {
  uint64_t z = hash + 0x9E3779B97F4A7C15u + value;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// Ids by hash, in one piece of memory: probed in steps of one, at most half full.
class IdTable {
 public:
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  // The id with this hash of which `equal(id)` holds, or kNone.
  template <typename Equal>
  uint32_t Find(uint64_t hash, Equal equal) const {
    const size_t mask = slots_.size() - 1;
    for (size_t i = hash & mask; slots_[i].id != kNone; i = (i + 1) & mask) {
      if (slots_[i].hash == hash && equal(slots_[i].id)) return slots_[i].id;
    }
    return kNone;
  }
  // An id that Find does not find.
  void Add(uint64_t hash, uint32_t id) {
    if (2 * ++size_ > slots_.size()) {
      std::vector<Slot> old(2 * slots_.size());
      old.swap(slots_);
      for (const Slot& slot : old) {
        if (slot.id != kNone) Put(slot);
      }
    }
    Put({hash, id});
  }

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t id = kNone;
  };
  void Put(const Slot& slot) {
    const size_t mask = slots_.size() - 1;
    size_t i = slot.hash & mask;
    while (slots_[i].id != kNone) i = (i + 1) & mask;
    slots_[i] = slot;
  }

  std::vector<Slot> slots_ = std::vector<Slot>(64);  // a power of two
  size_t size_ = 0;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_HASH_H_
