/* The landing reader as a library: a C interface that any language can load. It reads landing files
 * (JSON records, damaged or not) by the rules of stedi's own runs, and hands out rows, rejections
 * and reports as structs of the Arrow C data interface.
 *
 * A scan's life: stedi_reader_open(); stedi_reader_next() with STEDI_READER_ROWS until it returns
 * STEDI_READER_END; stedi_reader_next() with the other parts, each until STEDI_READER_END;
 * stedi_reader_free().
 *
 * Ownership. What a function takes (names, paths, options) is copied before it returns. What it
 * hands out (a schema, a batch) owns its memory and outlives the scan; the caller calls its
 * release().
 *
 * Threads. One thread at a time may call stedi_reader_next() for a scan. stedi_reader_cancel() and
 * stedi_reader_progress() may be called by any thread until stedi_reader_free() begins. Scans are
 * independent of one another.
 *
 * Errors. A function that returns a status sets *error to one line (free it with
 * stedi_reader_free_text) when the status is STEDI_READER_CALLBACK_FAILED or greater, and to NULL
 * otherwise; `error` may be NULL. A file that cannot be read or decoded is not an error: its report
 * says why, and the rows that were handed out of it do not count. No message contains a record. */
#ifndef STEDI_READER_H_
#define STEDI_READER_H_
/* NOLINTBEGIN(readability-identifier-naming): the names are those of C. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The structs of the Arrow C data interface, as its specification gives them. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#if defined(__GNUC__)
#define STEDI_READER_API __attribute__((visibility("default")))
#else
#define STEDI_READER_API
#endif

/* Changes with every change of this file that an earlier caller would not understand. */
#define STEDI_READER_ABI 1

/* Returns the STEDI_READER_ABI with which the library was built. Compare it before any other call.
 */
STEDI_READER_API uint32_t stedi_reader_abi(void);
/* Returns the version of stedi, such as "0.1.0". It lives as long as the library. */
STEDI_READER_API const char* stedi_reader_version(void);

typedef enum {
  STEDI_READER_OK = 0,        /* `out` is set */
  STEDI_READER_END = 1,       /* there is no more; `out` is not set */
  STEDI_READER_CANCELLED = 2, /* stedi_reader_cancel() has ended the scan; `out` is not set */
  /* A callback of the caller returned an error, which has ended the scan: the caller knows it. */
  STEDI_READER_CALLBACK_FAILED = 3,
  STEDI_READER_INVALID = 4,       /* an argument or the order of the calls is wrong */
  STEDI_READER_NOT_FOUND = 5,     /* a named file or folder does not exist */
  STEDI_READER_UNAVAILABLE = 6,   /* a disk or the system failed: another try may help */
  STEDI_READER_OUT_OF_MEMORY = 7, /* there was not enough memory */
  STEDI_READER_INTERNAL = 8       /* a bug of the library */
} stedi_reader_status;

typedef enum {
  STEDI_READER_STRING = 0,  /* Arrow utf8 */
  STEDI_READER_BIGINT = 1,  /* Arrow int64 */
  STEDI_READER_INT = 2,     /* Arrow int32 */
  STEDI_READER_DOUBLE = 3,  /* Arrow float64 */
  STEDI_READER_BOOLEAN = 4, /* Arrow bool */
} stedi_reader_type;

typedef struct {
  const char* name;      /* its ASCII letters are lower case; keys of records match in any case */
  int32_t type;          /* a stedi_reader_type */
  uint8_t not_null;      /* a record without a value is rejected */
  uint8_t empty_is_null; /* the empty string counts as null */
} stedi_reader_column;

/* What a record must be like to become a row. */
typedef struct {
  const stedi_reader_column* columns; /* at most 256; their names are unique */
  size_t column_count;
  /* Not 0: a value that its nullable column cannot hold does not reject the record. The column is
   * NULL, _rescued contains the value, and _unfit names the column. */
  uint8_t keep_unfit;
  /* The columns whose values are searched for in the bytes of a rejected record, as indices into
   * `columns`, each at most once; the first is its key (STEDI_READER_REJECTED_ROWS). */
  const size_t* rejected_columns;
  size_t rejected_column_count;
} stedi_reader_contract;

typedef struct {
  const char* file; /* the value of _source_file: the path relative to the feed's folder, UTF-8 */
  /* The path that opens it. Its extension says how the file is compressed (.gz, .zst, none) unless
   * the first bytes tell otherwise. With a callback it is used for this and for messages only. */
  const char* path;
  uint64_t size_bytes; /* as stored; later bytes are not read, and a shorter file is a problem */
} stedi_reader_file;

/* Where the bytes of files come from that are not on a disk. Every thread of the scan calls these
 * functions, at the same time for different ranges of the same file, too. */
typedef struct {
  void* context;
  /* Writes bytes `offset` to `offset + length` of the file with this index into `buffer`, and
   * returns how many they are: fewer than `length` is not an error, the rest is asked for again; 0
   * means that the file ends there. A negative value is an error. It ends the scan, and
   * stedi_reader_next() returns STEDI_READER_CALLBACK_FAILED. */
  int64_t (*read_range)(void* context, size_t file, uint64_t offset, void* buffer, uint64_t length);
  /* May be NULL. The file with this index is not needed now. It may be read again later, and this
   * function may then be called for it again. */
  void (*close_file)(void* context, size_t file);
} stedi_reader_source;

/* All zeros are the defaults. */
typedef struct {
  /* How many threads read; 0 = as many as the machine or its control group gives. With 1 there is
   * no thread but the caller's. With more, the order of the batches is not defined. */
  uint32_t threads;
  uint64_t block_bytes;      /* of a plain file, read at a time; 0 = 1 MiB, at most 64 MiB */
  uint64_t record_bytes_max; /* longer records are rejected; 0 = 16 MiB, at most 256 MiB */
  uint64_t raw_bytes_max;    /* kept of a rejected record; 0 = 64 KiB, at most 16 MiB */
  /* Not 0: the full parser reads every record. The result is the same; this is for tests. */
  uint8_t without_fast_path;
  /* The folder in which rejections wait, in a file without a name; NULL = $TMPDIR, or /tmp. */
  const char* temp_folder;
  const stedi_reader_source* source; /* NULL = files of the operating system; copied */
} stedi_reader_options;

typedef struct stedi_reader_scan stedi_reader_scan;

/* Begins a scan of `files`, in this order. Opens no landing file yet. Sets *out, which
 * stedi_reader_free() must be called for, unless it returns an error. `options` may be NULL. */
STEDI_READER_API stedi_reader_status stedi_reader_open(const stedi_reader_contract* contract,
                                                       const stedi_reader_file* files,
                                                       size_t file_count,
                                                       const stedi_reader_options* options,
                                                       stedi_reader_scan** out, char** error);

/* What stedi_reader_next() hands out, each a struct of these columns. Columns whose names begin
 * with
 * '_', and those of the other parts, are not nullable unless `?` follows; `dict` is
 * dictionary<int32, utf8>, whose values are all file names of the scan. */
typedef enum {
  /* The contract's columns, _source_file dict, _offset int64 (of the record's '{', in decoded
   * bytes), _rescued utf8? (JSON object of the keys that the contract does not name), and with
   * keep_unfit _unfit utf8? (columns whose values they cannot hold, separated by commas). */
  STEDI_READER_ROWS = 0,
  /* Ranges of bytes that did not become rows, in no particular order: file dict, byte_offset int64,
   * byte_length int64 (decoded bytes), fault_offset int64, reason utf8, column_name utf8?, found
   * utf8?, wanted utf8?, raw binary (the first bytes), is_one_record bool (another contract may
   * accept the bytes). */
  STEDI_READER_REJECTIONS = 1,
  /* What was found in the bytes of rejected records: the columns of `rejected_columns`, all
   * nullable, then _source_file dict, _offset int64, _reason utf8. No rows without
   * rejected_columns. */
  STEDI_READER_REJECTED_ROWS = 2,
  /* One row for each file, in the order of the files: file utf8, size_bytes, decoded_bytes,
   * accepted_bytes, quarantined_bytes, whitespace_bytes, framing_bytes, records, rejected (all
   * int64), decoding utf8 (plain, gzip, zstd), content_hash utf8 (XXH3-128 of the blocks of stored
   * bytes, see files/content_hash.h; empty with a problem), problem utf8? (the file could not be
   * read or decoded: its rows do not count). Else accepted + quarantined + whitespace + framing =
   * decoded bytes. */
  STEDI_READER_REPORTS = 3
} stedi_reader_part;

/* Sets *out to the schema of a part. */
STEDI_READER_API stedi_reader_status stedi_reader_schema(const stedi_reader_scan* scan,
                                                         int32_t part, struct ArrowSchema* out,
                                                         char** error);

/* Sets *out to the next batch of a part, which has at least one row, and waits for it. Parts other
 * than the rows can be read only after stedi_reader_next() has returned STEDI_READER_END for the
 * rows; each is read once. After an error for the rows, all further calls return the same error. */
STEDI_READER_API stedi_reader_status stedi_reader_next(stedi_reader_scan* scan, int32_t part,
                                                       struct ArrowArray* out, char** error);

/* Sets how many stored bytes were read so far, and how many records became rows or were rejected.
 * Each pointer may be NULL. */
STEDI_READER_API void stedi_reader_progress(const stedi_reader_scan* scan, uint64_t* bytes_read,
                                            uint64_t* records, uint64_t* rejected);

/* Makes stedi_reader_next() return STEDI_READER_CANCELLED soon, also while another thread waits in
 * it: after the read or callback that is going on. Does nothing to a scan whose rows are all read.
 */
STEDI_READER_API void stedi_reader_cancel(stedi_reader_scan* scan);

/* Cancels the scan, waits for its threads and frees all that it holds. Batches and schemas that
 * were handed out stay valid. Does nothing to NULL. */
STEDI_READER_API void stedi_reader_free(stedi_reader_scan* scan);

typedef struct {
  const char* path; /* of an object store: the folder, '/', and the path relative to the folder */
  uint64_t size_bytes;
  int64_t mtime_ns; /* since 1970, UTC */
} stedi_reader_object;

typedef struct {
  const char* folder; /* in an object store without '/' at its end */
  /* The names that count, as in the feed's 'feed.files'; none = names of landing data. */
  const char* const* patterns;
  size_t pattern_count;
  uint8_t follow_links; /* not 0: also links that leave the folder */
  /* Not 0: chooses among `objects`, which a store has listed below the folder, instead of looking
   * into a folder of the operating system. */
  uint8_t is_object_store;
  const stedi_reader_object* objects;
  size_t object_count;
} stedi_reader_folder;

/* Lists the landing files of a folder as a run does, without hidden files. Sets *schema and *out to
 * a struct of kind utf8 (file; bad: cannot be read; passed_over: its name is not that of landing
 * data), file utf8, path binary (empty unless it is a file), size_bytes int64, mtime_ns int64,
 * problem utf8?. */
STEDI_READER_API stedi_reader_status stedi_reader_list(const stedi_reader_folder* folder,
                                                       struct ArrowSchema* schema,
                                                       struct ArrowArray* out, char** error);

/* Frees the text of an error. Does nothing to NULL. */
STEDI_READER_API void stedi_reader_free_text(char* text);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(readability-identifier-naming) */
#endif /* STEDI_READER_H_ */
