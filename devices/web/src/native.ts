export { nativeEngine, type NativeModel, type NativeModule } from "./engines/native.js";
