/** A JSON value, as a caller sends one and as it is sealed. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object of the caller's own. */
export type Metadata = Readonly<Record<string, Json>>;
