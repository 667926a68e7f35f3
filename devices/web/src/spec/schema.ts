/**
 * Turns untrusted JSON into typed objects, and names every fault at once instead of the first one.
 *
 * A schema is a function: it takes a value, where it stands and a list that faults are put into, and gives the value
 * with defaults filled in. What it gives is of the type only where no fault was found.
 */
export type Schema<T> = (value: unknown, path: string, faults: string[]) => T;

/** The type that a schema describes. */
export type Of<S> = S extends Schema<infer T> ? T : never;

interface Field<T> {
  readonly schema: Schema<T>;
  readonly fallback?: () => T;
}

type Fields = Record<string, Field<unknown>>;
type ObjectOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** A field that must be there. */
export const needed = <T>(schema: Schema<T>): Field<T> => ({ schema });
/** A field with a default. */
export const withDefault = <T>(schema: Schema<T>, fallback: T): Field<T> => ({ schema, fallback: () => fallback });

/** An object with these fields and no others. */
export function object<F extends Fields>(fields: F): Schema<ObjectOf<F>> {
  return (value, path, faults) => {
    if (!isObject(value)) {
      faults.push(`${path || "document"}: expected an object, found ${kindOf(value)}`);
      return {} as ObjectOf<F>;
    }
    for (const name of Object.keys(value)) if (!Object.hasOwn(fields, name)) faults.push(`${joined(path, name)}: unknown field`);
    const found: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(fields)) {
      if (Object.hasOwn(value, name)) found[name] = field.schema(value[name], joined(path, name), faults);
      else if (field.fallback) found[name] = field.fallback();
      else faults.push(`${joined(path, name)}: missing`);
    }
    return found as ObjectOf<F>;
  };
}

/** Any JSON. */
export const anything: Schema<unknown> = (value) => value;
export const text = scalar<string>("a text", (value) => typeof value === "string");
export const whole = scalar<number>("a whole number", (value) => Number.isInteger(value));
export const real = scalar<number>("a number", (value) => typeof value === "number");
export const flag = scalar<boolean>("true or false", (value) => typeof value === "boolean");

/** One of a few texts. */
export function oneOf<const T extends string>(...choices: T[]): Schema<T> {
  return (value, path, faults) => {
    if (!choices.includes(value as T)) {
      faults.push(`${path}: expected one of ${choices.join(", ")}, found ${quoted(value)}`);
    }
    return value as T;
  };
}

export function list<T>(inner: Schema<T>): Schema<readonly T[]> {
  return (value, path, faults) => {
    if (Array.isArray(value)) return value.map((item, place) => inner(item, `${path}[${place}]`, faults));
    faults.push(`${path}: expected a list, found ${kindOf(value)}`);
    return [];
  };
}

export function dictionary<T>(inner: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return (value, path, faults) => {
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, inner(item, joined(path, name), faults)]),
      );
    }
    faults.push(`${path}: expected an object, found ${kindOf(value)}`);
    return {};
  };
}

export function orNull<T>(inner: Schema<T>): Schema<T | null> {
  return (value, path, faults) => (value === null ? null : inner(value, path, faults));
}

/** As Python writes a value in a message. */
export function quoted(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function scalar<T>(expected: string, fits: (value: unknown) => boolean): Schema<T> {
  return (value, path, faults) => {
    if (!fits(value)) faults.push(`${path}: expected ${expected}, found ${kindOf(value)}`);
    return value as T;
  };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return "a number";
  if (typeof value === "string") return "a text";
  return Array.isArray(value) ? "a list" : "an object";
}

function joined(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
}
