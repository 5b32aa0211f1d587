export interface PositionRange {
  first: number;
  /** Inclusive. */
  last: number;
}

const RANGE = /^(\d{1,15})(?:-(\d{1,15}))?$/;

/** Reads what `audit.records.removed` names: positions (`12`) and ranges (`12-40`). Anything else is left out. */
export function positionRanges(ids: readonly string[]): PositionRange[] {
  return ids.flatMap((id) => {
    const [, first, last] = RANGE.exec(id) ?? [];
    return first === undefined ? [] : { first: Number(first), last: Number(last ?? first) };
  });
}
