/* The LiteRT C API for the JVM: what edgernn.runtime.litert.LiteRtNative declares, and nothing more.
 *
 * The library is opened by its path and its functions are looked up by name, so that this file needs neither LiteRT's
 * headers nor a library to link with. The prototypes below are those of LiteRT 2.1 to 2.3.
 *
 * A failure is thrown as edgernn.runtime.RuntimeUnavailable; every function then returns 0.
 */
#include <dlfcn.h>
#include <jni.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int Status;
typedef void *Handle;

enum { kMaxRank = 8, kMaxTensors = 256 };
enum { kCpu = 1, kLockRead = 0, kLockWrite = 1 };
/* Tags of an environment's options, and types of their values; how severe a message must be to be logged. */
enum { kRuntimeFolder = 22, kLeastSeverity = 25, kText = 8, kInteger = 2, kError = 3 };

typedef struct {
  unsigned int rank : 7;
  unsigned int has_strides : 1;
  int32_t dimensions[kMaxRank];
  uint32_t strides[kMaxRank];
} Layout;

typedef struct {
  int element_type;
  Layout layout;
} RankedTensorType;

typedef struct {
  int tag;
  struct {
    int type;
    union {
      bool as_bool;
      int64_t as_int;
      double as_real;
      const char *as_text;
      const void *as_pointer;
    };
  } value;
} EnvironmentOption;

/* Every function that is used, with its prototype: declared here, looked up in `open_library`. */
#define FUNCTIONS(F)                                                                                       \
  F(Status, CreateEnvironment, (int, const EnvironmentOption *, Handle *))                                 \
  F(Status, CreateModelFromBuffer, (Handle, const void *, size_t, Handle *))                               \
  F(void, DestroyModel, (Handle))                                                                          \
  F(Status, CreateOptions, (Handle *))                                                                     \
  F(void, DestroyOptions, (Handle))                                                                        \
  F(Status, SetOptionsHardwareAccelerators, (Handle, int))                                                 \
  F(Status, CreateOpaqueOptions, (const char *, void *, void (*)(void *), Handle *))                       \
  F(Status, AddOpaqueOptions, (Handle, Handle))                                                            \
  F(Status, CreateCompiledModel, (Handle, Handle, Handle, Handle *))                                       \
  F(void, DestroyCompiledModel, (Handle))                                                                  \
  F(Status, GetNumModelSignatures, (Handle, size_t *))                                                     \
  F(Status, GetModelSignature, (Handle, size_t, Handle *))                                                 \
  F(Status, GetSignatureKey, (Handle, const char **))                                                      \
  F(Status, GetNumSignatureInputs, (Handle, size_t *))                                                     \
  F(Status, GetSignatureInputName, (Handle, size_t, const char **))                                        \
  F(Status, GetSignatureInputTensorByIndex, (Handle, size_t, Handle *))                                    \
  F(Status, GetNumSignatureOutputs, (Handle, size_t *))                                                    \
  F(Status, GetSignatureOutputName, (Handle, size_t, const char **))                                       \
  F(Status, GetSignatureOutputTensorByIndex, (Handle, size_t, Handle *))                                   \
  F(Status, GetRankedTensorType, (Handle, RankedTensorType *))                                             \
  F(Status, GetCompiledModelInputBufferRequirements, (Handle, size_t, size_t, Handle *))                   \
  F(Status, GetCompiledModelOutputBufferRequirements, (Handle, size_t, size_t, Handle *))                  \
  F(Status, CreateManagedTensorBufferFromRequirements, (Handle, const RankedTensorType *, Handle, Handle *)) \
  F(void, DestroyTensorBuffer, (Handle))                                                                   \
  F(Status, GetTensorBufferPackedSize, (Handle, size_t *))                                                 \
  F(Status, LockTensorBuffer, (Handle, void **, int))                                                      \
  F(Status, UnlockTensorBuffer, (Handle))                                                                  \
  F(Status, RunCompiledModel, (Handle, size_t, size_t, Handle *, size_t, Handle *))

#define DECLARE(result, name, arguments) static result(*p##name) arguments;
FUNCTIONS(DECLARE)
#undef DECLARE

/* One environment for all models: making one looks for accelerators, which takes longer than to load a small model. */
static Handle environment;

typedef struct {
  Handle model;
  Handle compiled;
  void *content; /* LiteRT reads the model where it lies, as long as it is open. */
} Opened;

static void fail(JNIEnv *env, const char *what, const char *why) {
  char text[512];
  snprintf(text, sizeof text, "LiteRT: %s: %s", what, why ? why : "no reason given");
  jclass kind = (*env)->FindClass(env, "edgernn/runtime/RuntimeUnavailable");
  if (kind != NULL) (*env)->ThrowNew(env, kind, text);
}

/* Whether the call succeeded; throws otherwise. */
static bool good(JNIEnv *env, Status status, const char *what) {
  if (status == 0) return true;
  char text[32];
  snprintf(text, sizeof text, "status %d", status);
  fail(env, what, text);
  return false;
}

JNIEXPORT void JNICALL Java_edgernn_runtime_litert_LiteRtNative_openLibrary(JNIEnv *env, jclass self, jstring path,
                                                                            jstring folder) {
  (void)self;
  if (environment != NULL) return;
  const char *file = (*env)->GetStringUTFChars(env, path, NULL);
  if (file == NULL) return;
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  (*env)->ReleaseStringUTFChars(env, path, file);
  if (library == NULL) {
    fail(env, "the library cannot be opened", dlerror());
    return;
  }
#define LOOK_UP(result, name, arguments)                         \
  *(void **)&p##name = dlsym(library, "LiteRt" #name);           \
  if (p##name == NULL) {                                         \
    fail(env, "the library lacks a function", "LiteRt" #name);   \
    return;                                                      \
  }
  FUNCTIONS(LOOK_UP)
#undef LOOK_UP
  const char *nothing = (*env)->GetStringUTFChars(env, folder, NULL);
  if (nothing == NULL) return;
  /* A folder without any accelerator: only the processor computes. */
  EnvironmentOption options[2] = {{.tag = kRuntimeFolder, .value = {.type = kText}},
                                  {.tag = kLeastSeverity, .value = {.type = kInteger}}};
  options[0].value.as_text = nothing;
  options[1].value.as_int = kError;
  good(env, pCreateEnvironment(2, options, &environment), "no environment");
  (*env)->ReleaseStringUTFChars(env, folder, nothing);
}

/* CPU options travel as text in TOML under the name of their delegate. */
static bool set_options(JNIEnv *env, Handle options, jint threads, const char *cache) {
  char *text = malloc(strlen(cache) + 128);
  if (text == NULL) {
    fail(env, "options", "no memory");
    return false;
  }
  int length = sprintf(text, "num_threads = %d\n", (int)threads);
  if (*cache) sprintf(text + length, "weight_cache_file_path = \"%s\"\n", cache);
  Handle opaque = NULL;
  if (!good(env, pCreateOpaqueOptions("xnnpack", text, free, &opaque), "options")) {
    free(text);
    return false;
  }
  return good(env, pSetOptionsHardwareAccelerators(options, kCpu), "options") &&
         good(env, pAddOpaqueOptions(options, opaque), "options");
}

static void release(Opened *opened) {
  if (opened->compiled != NULL) pDestroyCompiledModel(opened->compiled);
  if (opened->model != NULL) pDestroyModel(opened->model);
  free(opened->content);
  free(opened);
}

JNIEXPORT jlong JNICALL Java_edgernn_runtime_litert_LiteRtNative_openModel(JNIEnv *env, jclass self, jbyteArray model,
                                                                           jint threads, jstring cache) {
  (void)self;
  jsize size = (*env)->GetArrayLength(env, model);
  Opened *opened = calloc(1, sizeof *opened);
  /* FlatBuffers are read at aligned addresses. */
  if (opened == NULL || posix_memalign(&opened->content, 64, (size_t)size + 1) != 0) {
    fail(env, "the model cannot be loaded", "no memory");
    free(opened);
    return 0;
  }
  (*env)->GetByteArrayRegion(env, model, 0, size, opened->content);
  const char *path = (*env)->GetStringUTFChars(env, cache, NULL);
  Handle options = NULL;
  bool done = path != NULL && good(env, pCreateOptions(&options), "options") &&
              set_options(env, options, threads, path) &&
              good(env, pCreateModelFromBuffer(environment, opened->content, (size_t)size, &opened->model),
                   "the model cannot be read") &&
              good(env, pCreateCompiledModel(environment, opened->model, options, &opened->compiled),
                   "the model cannot be prepared");
  if (options != NULL) pDestroyOptions(options);
  if (path != NULL) (*env)->ReleaseStringUTFChars(env, cache, path);
  if (done) return (jlong)(intptr_t)opened;
  release(opened);
  return 0;
}

JNIEXPORT void JNICALL Java_edgernn_runtime_litert_LiteRtNative_closeModel(JNIEnv *env, jclass self, jlong handle) {
  (void)env, (void)self;
  release((Opened *)(intptr_t)handle);
}

static jobjectArray texts(JNIEnv *env, size_t count) {
  return (*env)->NewObjectArray(env, (jsize)count, (*env)->FindClass(env, "java/lang/String"), NULL);
}

static bool put(JNIEnv *env, jobjectArray array, size_t place, const char *text) {
  jstring made = (*env)->NewStringUTF(env, text);
  if (made == NULL) return false;
  (*env)->SetObjectArrayElement(env, array, (jsize)place, made);
  (*env)->DeleteLocalRef(env, made);
  return true;
}

JNIEXPORT jobjectArray JNICALL Java_edgernn_runtime_litert_LiteRtNative_signatures(JNIEnv *env, jclass self,
                                                                                   jlong handle) {
  (void)self;
  Opened *opened = (Opened *)(intptr_t)handle;
  size_t count = 0;
  if (!good(env, pGetNumModelSignatures(opened->model, &count), "signatures")) return NULL;
  jobjectArray found = texts(env, count);
  for (size_t i = 0; found != NULL && i < count; i++) {
    Handle signature = NULL;
    const char *key = NULL;
    if (!good(env, pGetModelSignature(opened->model, i, &signature), "signatures") ||
        !good(env, pGetSignatureKey(signature, &key), "signatures") || !put(env, found, i, key))
      return NULL;
  }
  return found;
}

JNIEXPORT jobjectArray JNICALL Java_edgernn_runtime_litert_LiteRtNative_tensors(JNIEnv *env, jclass self, jlong handle,
                                                                                jint number, jboolean outputs) {
  (void)self;
  Opened *opened = (Opened *)(intptr_t)handle;
  Handle signature = NULL;
  size_t count = 0;
  if (!good(env, pGetModelSignature(opened->model, (size_t)number, &signature), "signatures") ||
      !good(env, (outputs ? pGetNumSignatureOutputs : pGetNumSignatureInputs)(signature, &count), "signatures"))
    return NULL;
  jobjectArray found = texts(env, count);
  for (size_t i = 0; found != NULL && i < count; i++) {
    const char *name = NULL;
    if (!good(env, (outputs ? pGetSignatureOutputName : pGetSignatureInputName)(signature, i, &name), "signatures") ||
        !put(env, found, i, name))
      return NULL;
  }
  return found;
}

static bool type_of(JNIEnv *env, Opened *opened, size_t number, size_t place, bool output, RankedTensorType *type) {
  Handle signature = NULL, tensor = NULL;
  return good(env, pGetModelSignature(opened->model, number, &signature), "a tensor") &&
         good(env,
              (output ? pGetSignatureOutputTensorByIndex : pGetSignatureInputTensorByIndex)(signature, place, &tensor),
              "a tensor") &&
         good(env, pGetRankedTensorType(tensor, type), "a tensor");
}

JNIEXPORT jint JNICALL Java_edgernn_runtime_litert_LiteRtNative_size(JNIEnv *env, jclass self, jlong handle,
                                                                     jint signature, jint tensor, jboolean output) {
  (void)self;
  RankedTensorType type;
  if (!type_of(env, (Opened *)(intptr_t)handle, (size_t)signature, (size_t)tensor, output, &type)) return 0;
  jint size = 1;
  for (unsigned int i = 0; i < type.layout.rank; i++) size *= type.layout.dimensions[i];
  return size;
}

JNIEXPORT jlong JNICALL Java_edgernn_runtime_litert_LiteRtNative_createBuffer(JNIEnv *env, jclass self, jlong handle,
                                                                              jint signature, jint tensor,
                                                                              jboolean output) {
  (void)self;
  Opened *opened = (Opened *)(intptr_t)handle;
  RankedTensorType type;
  Handle requirements = NULL, buffer = NULL;
  if (!type_of(env, opened, (size_t)signature, (size_t)tensor, output, &type) ||
      !good(env,
            (output ? pGetCompiledModelOutputBufferRequirements : pGetCompiledModelInputBufferRequirements)(
                opened->compiled, (size_t)signature, (size_t)tensor, &requirements),
            "a buffer") ||
      !good(env, pCreateManagedTensorBufferFromRequirements(environment, &type, requirements, &buffer), "a buffer"))
    return 0;
  return (jlong)(intptr_t)buffer;
}

JNIEXPORT void JNICALL Java_edgernn_runtime_litert_LiteRtNative_destroyBuffer(JNIEnv *env, jclass self, jlong buffer) {
  (void)env, (void)self;
  pDestroyTensorBuffer((Handle)(intptr_t)buffer);
}

/* Locks a buffer of exactly so many bytes; NULL where it is another size or cannot be locked. */
static void *lock(JNIEnv *env, Handle buffer, size_t bytes, int mode) {
  size_t size = 0;
  void *memory = NULL;
  if (!good(env, pGetTensorBufferPackedSize(buffer, &size), "a buffer")) return NULL;
  if (size != bytes) {
    char text[96];
    snprintf(text, sizeof text, "%zu bytes for a buffer of %zu", bytes, size);
    fail(env, "a buffer", text);
    return NULL;
  }
  return good(env, pLockTensorBuffer(buffer, &memory, mode), "a buffer") ? memory : NULL;
}

/* Copies between a Java array of `type` and a buffer, one pair of functions a type. */
#define COPIES(kind, type, array)                                                                                  \
  JNIEXPORT void JNICALL Java_edgernn_runtime_litert_LiteRtNative_write##kind(JNIEnv *env, jclass self,            \
                                                                              jlong handle, array values) {       \
    (void)self;                                                                                                    \
    Handle buffer = (Handle)(intptr_t)handle;                                                                      \
    jsize size = (*env)->GetArrayLength(env, values);                                                              \
    type *memory = lock(env, buffer, (size_t)size * sizeof(type), kLockWrite);                                     \
    if (memory == NULL) return;                                                                                    \
    (*env)->Get##kind##ArrayRegion(env, values, 0, size, memory);                                                  \
    good(env, pUnlockTensorBuffer(buffer), "a buffer");                                                            \
  }                                                                                                                \
  JNIEXPORT void JNICALL Java_edgernn_runtime_litert_LiteRtNative_read##kind(JNIEnv *env, jclass self,             \
                                                                             jlong handle, array values) {        \
    (void)self;                                                                                                    \
    Handle buffer = (Handle)(intptr_t)handle;                                                                      \
    jsize size = (*env)->GetArrayLength(env, values);                                                              \
    type *memory = lock(env, buffer, (size_t)size * sizeof(type), kLockRead);                                      \
    if (memory == NULL) return;                                                                                    \
    (*env)->Set##kind##ArrayRegion(env, values, 0, size, memory);                                                  \
    good(env, pUnlockTensorBuffer(buffer), "a buffer");                                                            \
  }

COPIES(Float, jfloat, jfloatArray)
COPIES(Int, jint, jintArray)
COPIES(Long, jlong, jlongArray)
COPIES(Boolean, jboolean, jbooleanArray)
#undef COPIES

JNIEXPORT void JNICALL Java_edgernn_runtime_litert_LiteRtNative_run(JNIEnv *env, jclass self, jlong handle,
                                                                    jint signature, jlongArray inputs,
                                                                    jlongArray outputs) {
  (void)self;
  Opened *opened = (Opened *)(intptr_t)handle;
  jsize given = (*env)->GetArrayLength(env, inputs), wanted = (*env)->GetArrayLength(env, outputs);
  jlong numbers[2][kMaxTensors];
  Handle buffers[2][kMaxTensors];
  if (given > kMaxTensors || wanted > kMaxTensors) {
    fail(env, "the call failed", "too many tensors");
    return;
  }
  (*env)->GetLongArrayRegion(env, inputs, 0, given, numbers[0]);
  (*env)->GetLongArrayRegion(env, outputs, 0, wanted, numbers[1]);
  for (jsize i = 0; i < given; i++) buffers[0][i] = (Handle)(intptr_t)numbers[0][i];
  for (jsize i = 0; i < wanted; i++) buffers[1][i] = (Handle)(intptr_t)numbers[1][i];
  good(env,
       pRunCompiledModel(opened->compiled, (size_t)signature, (size_t)given, buffers[0], (size_t)wanted, buffers[1]),
       "the engine failed on this input");
}
