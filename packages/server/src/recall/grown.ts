type Growing = Int32Array | Uint16Array | Uint8Array | Float32Array;

/** Up to this length an array doubles; a larger one grows by a quarter, because room not yet used is held as well. */
const DOUBLES_TO = 1 << 15;

/** A typed array with room for as many entries as needed; the caller keeps count of what is used. */
export function grown<T extends Growing>(array: T, needed: number): T {
  return needed <= array.length ? array : enlarged(array, needed);
}

// Apart, so that the check above is small enough to be inlined.
function enlarged<T extends Growing>(array: T, needed: number): T {
  const next = array.length < DOUBLES_TO ? array.length * 2 : Math.ceil(array.length * 1.25);
  const larger = new (array.constructor as new (length: number) => T)(Math.max(needed, next, 64));
  larger.set(array as never);
  return larger;
}
