export { litert, type LitertOptions } from "./engines/litert.js";
