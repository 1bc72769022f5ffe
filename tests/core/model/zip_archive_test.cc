#include "core/model/zip_archive.h"

#include "tests/support/bundle_builder.h"
#include "tests/support/read_tflite.h"

namespace edgetasks::model {
namespace {

using ::edgetasks::test::Bytes;
using ::edgetasks::test::BytesOf;
using ::edgetasks::test::IsError;
using ::edgetasks::test::IsOk;
using ::edgetasks::test::ZipBuilder;
using ::testing::ElementsAreArray;

std::string TextOf(const ZipEntry* entry) {
  return entry == nullptr ? "(no entry)" : std::string(entry->data.begin(), entry->data.end());
}

TEST(ZipArchiveTest, StoredEntriesAreViewsIntoTheFile) {
  const Bytes file = ZipBuilder().Add("A", BytesOf("alpha")).Add("B", BytesOf("beta")).Finish();
  const auto zip = ZipArchive::Open(file);
  ASSERT_THAT(zip.status(), IsOk());
  ASSERT_EQ(zip->entries().size(), 2u);
  const ZipEntry& a = zip->entries()[0];
  EXPECT_EQ(a.name, "A");
  // A local header has 30 bytes and the name.
  EXPECT_EQ(a.offset, 31u);
  EXPECT_EQ(a.data.data(), file.data() + 31);
  EXPECT_EQ(TextOf(zip->Find("A")), "alpha");
  EXPECT_EQ(TextOf(zip->Find("B")), "beta");
  EXPECT_EQ(zip->Find("C"), nullptr);
}

TEST(ZipArchiveTest, PaddingBeforeEntriesIsSteppedOver) {
  const Bytes file =
      ZipBuilder().Padded().Add("A", BytesOf("alpha")).Add("B", BytesOf("beta")).Finish();
  EXPECT_EQ(file[0], 0);
  const auto zip = ZipArchive::Open(file);
  ASSERT_THAT(zip.status(), IsOk());
  for (const ZipEntry& entry : zip->entries()) EXPECT_EQ(entry.offset % 4, 0u);
  EXPECT_EQ(TextOf(zip->Find("B")), "beta");
}

TEST(ZipArchiveTest, Zip64IsRead) {
  const Bytes file =
      ZipBuilder().Zip64().Add("A", BytesOf("alpha")).Add("B", BytesOf("beta")).Finish();
  const auto zip = ZipArchive::Open(file);
  ASSERT_THAT(zip.status(), IsOk());
  EXPECT_EQ(TextOf(zip->Find("A")), "alpha");
  EXPECT_EQ(TextOf(zip->Find("B")), "beta");
}

TEST(ZipArchiveTest, OffsetsCountFromTheStartOfTheFileInFrontOfIt) {
  const Bytes front(1000, 7);
  const Bytes file = ZipBuilder().Behind(front).Add("A", BytesOf("alpha")).Finish();
  const auto zip = ZipArchive::Open(file);
  ASSERT_THAT(zip.status(), IsOk());
  EXPECT_EQ(zip->entries()[0].offset, 1031u);
  EXPECT_EQ(TextOf(zip->Find("A")), "alpha");
}

TEST(ZipArchiveTest, EmptyEntriesAndEmptyArchivesAreFine) {
  const Bytes file = ZipBuilder().Add("A", {}).Finish();
  const auto zip = ZipArchive::Open(file);
  ASSERT_THAT(zip.status(), IsOk());
  EXPECT_EQ(zip->entries()[0].size, 0u);
  const Bytes empty = ZipBuilder().Finish();
  const auto none = ZipArchive::Open(empty);
  ASSERT_THAT(none.status(), IsOk());
  EXPECT_TRUE(none->entries().empty());
}

TEST(ZipArchiveTest, CompressedAndEncryptedEntriesSayWhatIsInTheWay) {
  const Bytes file = ZipBuilder()
                         .Add({"A", BytesOf("alpha"), 8})
                         .Add({"B", BytesOf("beta"), 12})
                         .Add({"C", BytesOf("gamma"), 0, 1})
                         .Finish();
  const auto zip = ZipArchive::Open(file);
  ASSERT_THAT(zip.status(), IsOk());
  EXPECT_EQ(zip->entries()[0].obstacle, "deflate");
  EXPECT_EQ(zip->entries()[1].obstacle, "method 12");
  EXPECT_EQ(zip->entries()[2].obstacle, "encrypted");
  EXPECT_TRUE(zip->entries()[0].data.empty());
}

TEST(ZipArchiveTest, EntriesBeyondTheFileAreCorrupt) {
  const Bytes file = ZipBuilder().Add({"A", BytesOf("alpha"), 0, 0, 1 << 20}).Finish();
  EXPECT_THAT(ZipArchive::Open(file).status(),
              IsError(ErrorDetail::kCorruptFile, "entry 'A' spans bytes 31 to"));
}

TEST(ZipArchiveTest, EntriesWithoutALocalHeaderAreCorrupt) {
  const Bytes file = ZipBuilder().Add({"A", BytesOf("alpha"), 0, 0, 0, 3}).Finish();
  EXPECT_THAT(
      ZipArchive::Open(file).status(),
      IsError(ErrorDetail::kCorruptFile, "entry 'A' has no bytes where the directory says"));
}

TEST(ZipArchiveTest, EntriesThatShareBytesAreCorrupt) {
  // Both headers are those of A, and so are the bytes.
  const Bytes file =
      ZipBuilder().Add("A", BytesOf("alpha")).Add({"A", BytesOf("alpha"), 0, 0, 0, -36}).Finish();
  EXPECT_THAT(ZipArchive::Open(file).status(),
              IsError(ErrorDetail::kCorruptFile, "'A' and 'A' share bytes"));
}

TEST(ZipArchiveTest, ImplausibleCountsAreRefusedBeforeAnythingIsAllocated) {
  const Bytes small = ZipBuilder().ClaimEntries(5000).Add("A", BytesOf("alpha")).Finish();
  EXPECT_THAT(ZipArchive::Open(small).status(),
              IsError(ErrorDetail::kCorruptFile, "declares 5000 entries, expected at most 4096"));
  const Bytes large =
      ZipBuilder().Zip64().ClaimEntries(uint64_t{1} << 50).Add("A", BytesOf("alpha")).Finish();
  EXPECT_THAT(ZipArchive::Open(large).status(),
              IsError(ErrorDetail::kCorruptFile, "declares 1125899906842624 entries"));
}

TEST(ZipArchiveTest, ImplausibleDirectorySizesAreRefused) {
  Bytes file = ZipBuilder().Add("A", BytesOf("alpha")).Finish();
  file[file.size() - 22 + 12 + 3] = 0x7f;  // the top byte of the directory's size
  EXPECT_THAT(ZipArchive::Open(file).status(),
              IsError(ErrorDetail::kCorruptFile, "declares a directory of"));
}

TEST(ZipArchiveTest, ManyEndRecordsAreRefused) {
  Bytes file;
  for (int i = 0; i < 17; ++i) {
    const Bytes end = ZipBuilder().Finish();
    file.insert(file.end(), end.begin(), end.end());
  }
  EXPECT_THAT(ZipArchive::Open(file).status(),
              IsError(ErrorDetail::kCorruptFile, "several end records"));
}

TEST(ZipArchiveTest, BytesThatAreNoZipAreCorrupt) {
  EXPECT_THAT(ZipArchive::Open(BytesOf("PK")).status(),
              IsError(ErrorDetail::kCorruptFile, "shorter than its end record"));
  EXPECT_THAT(ZipArchive::Open(Bytes(100, 1)).status(),
              IsError(ErrorDetail::kCorruptFile, "directory cannot be read"));
}

TEST(ZipArchiveTest, OnlyAnEndRecordAtTheEndMakesAZip) {
  Bytes file = ZipBuilder().Add("A", BytesOf("alpha")).Finish();
  EXPECT_TRUE(ZipArchive::EndsLikeZip(file));
  file.push_back(0);
  EXPECT_FALSE(ZipArchive::EndsLikeZip(file));
  EXPECT_FALSE(ZipArchive::EndsLikeZip(BytesOf("PK")));
}

}  // namespace
}  // namespace edgetasks::model
