import { z } from 'zod';

/** An answer that is not `application/json`; with a schema where it is JSON of another name. */
export interface OtherMedia {
  media: `${string}/${string}`;
  description: string;
  schema?: z.ZodType;
}

/** A body of one media type. */
export type Content = z.ZodType | OtherMedia;

/**
 * What a route takes and answers, beside its `access`: the document at /openapi.json is made of these lines. The
 * schemas are those that the handler parses with.
 */
export interface RouteDescription {
  /** What it does, in one line without a full stop. */
  summary: string;
  /** What the line leaves out, in sentences: units, limits, what it does not do. */
  details?: string;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Request headers that matter here, with what they mean. */
  headers?: Record<string, string>;
  /** By status; null where there is no body, several where the caller chooses among media types. */
  answers: Record<number, Content | null | readonly Content[]>;
  /** Codes of errors that are this route's own; those of input, credentials and limits go without saying. */
  errors?: readonly string[];
}

/** A moment as every answer writes it. */
export const moment = z.string().meta({ format: 'date-time', description: 'ISO 8601 in UTC.' });

/** What many answers are, in words for people. */
export const message = z.object({ message: z.string() });
