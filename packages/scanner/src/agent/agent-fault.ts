import { InvalidConfiguration } from '../files/settings-shape.ts';

/** The agent does not do what it must; the message names it and says why, in words of ours. */
export class AgentFault extends InvalidConfiguration {}
