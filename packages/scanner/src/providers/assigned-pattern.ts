/** Between a name and its value, for shapes whose only mark is the provider's name: `"]: "`, ` = '`, `=`. */
export const assigned = '["\'`\\]]{0,2}[ \\t]{0,4}(?:=>|:=|[:=(,])[ \\t]{0,4}["\'`]?';
