import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf } from '../http/app.ts';
import { InputError, parse, storableJson } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { deployment, scanPage, storedScan, submittedScan } from './answers.ts';
import type { ApprovalService } from './approvals/service.ts';
import { keptOverrides, newOverrides, overridePage, overrideQuery } from './overrides/schema.ts';
import type { OverrideService } from './overrides/service.ts';
import { presentDeployment, presentListed, presentScan } from './present.ts';
import { newApproval, newScan, scanPath, scanQuery } from './schema.ts';
import type { ScanService } from './service.ts';

export interface ScanRouteDeps {
  scans: Pick<ScanService, 'submit' | 'deployment' | 'get' | 'list'>;
  approvals: Pick<ApprovalService, 'decide' | 'revoke'>;
  overrides: Pick<OverrideService, 'record' | 'list'>;
  now(): number;
}

/** Deeper than any report; a schema that walks deeper runs out of stack. */
const DEPTH = 12;

function bodyOf(request: FastifyRequest): unknown {
  if (!storableJson(request.body, DEPTH))
    throw new InputError(`The body must be well-formed Unicode, at most ${DEPTH} levels deep.`);
  return request.body;
}

const LARGE = 'Large ones make a page shorter than `limit`: there are more while `next` is not null.';

const idOf = (request: FastifyRequest) => parse(scanPath, request.params).id.toLowerCase();

/** Reports of scans, what they mean for a deployment, and what people decide about it. */
export function scanRoutes(app: FastifyInstance, { scans, approvals, overrides, now }: ScanRouteDeps): void {
  const submit = {
    summary: 'Send a report of a scan, and learn what it means for a deployment',
    details:
      'The decision comes from the findings: critical ones and an incomplete report block, high ones (in high posture ' +
      'medium ones too) need the approval of a second person. The same report again answers 200. A newer report of ' +
      'the same project, commit and environment takes the say from the older. Texts are screened as memories are.',
    body: newScan,
    answers: { 201: submittedScan, 200: submittedScan },
    errors: ['scan_conflict', 'content_rejected', 'limit_reached'],
  };
  app.post('/scans', { config: { access: 'scans:write', describe: submit } }, async (request, reply) => {
    const actor = actorOf(request, 'scans:write');
    const report = parse(newScan, bodyOf(request));
    const { scan, isNew } = await scans.submit(actor, originOf(request), report);
    return reply
      .status(isNew ? 201 : 200)
      .send({ ...presentDeployment(scan, now()), redacted: scan.redacted });
  });

  const list = {
    summary: 'List reports, the newest first',
    details: LARGE,
    query: scanQuery,
    answers: { 200: scanPage },
  };
  app.get('/scans', { config: { access: 'scans:read', describe: list } }, async (request) => {
    const actor = actorOf(request, 'scans:read');
    const page = await scans.list(actor, originOf(request), parse(scanQuery, request.query));
    return { scans: page.scans.map((scan) => presentListed(scan, now())), next: page.next };
  });

  const get = {
    summary: 'Read a report with its findings',
    params: scanPath,
    answers: { 200: storedScan },
    errors: ['not_found'],
  };
  app.get('/scans/:id', { config: { access: 'scans:read', describe: get } }, async (request) => {
    const scan = await scans.get(actorOf(request, 'scans:read'), originOf(request), idOf(request));
    return presentScan(scan, now());
  });

  const state = {
    summary: 'Ask whether a deployment may go on',
    details: 'For whoever sends reports: no findings, and no names of files.',
    params: scanPath,
    answers: { 200: deployment },
    errors: ['not_found'],
  };
  app.get('/scans/:id/deployment', { config: { access: 'scans:write', describe: state } }, async (request) =>
    presentDeployment(
      await scans.deployment(actorOf(request, 'scans:write'), originOf(request), idOf(request)),
      now(),
    ),
  );

  const decide = {
    summary: 'Approve or reject a deployment',
    details:
      'By a person, and never by whoever sent the report or owns the key that did. The first decision stands. An ' +
      'approval ends after a day, or when it says: a minute to seven days.',
    params: scanPath,
    body: newApproval,
    answers: { 201: deployment },
    errors: [
      'not_found',
      'second_person_required',
      'approval_impossible',
      'already_decided',
      'scan_superseded',
      'content_rejected',
    ],
  };
  app.post(
    '/scans/:id/approvals',
    { config: { access: 'deployments:approve', stepUp: true, describe: decide } },
    async (request, reply) => {
      const actor = actorOf(request, 'deployments:approve');
      const given = parse(newApproval, request.body);
      const scan = await approvals.decide(actor, originOf(request), idOf(request), given);
      return reply.status(201).send(presentDeployment(scan, now()));
    },
  );

  const revoke = {
    summary: 'Take an approval back',
    details: 'A gate that was let through already has gone on; one that asks from now on is not.',
    params: scanPath,
    answers: { 200: deployment },
    errors: ['not_found', 'not_approved'],
  };
  app.delete(
    '/scans/:id/approvals',
    { config: { access: 'deployments:approve', describe: revoke } },
    async (request) => {
      const actor = actorOf(request, 'deployments:approve');
      return presentDeployment(await approvals.revoke(actor, originOf(request), idOf(request)), now());
    },
  );

  const record = {
    summary: 'Send records of vetoes that were overridden',
    details: 'As a clone wrote them down. Each is kept once, however often it comes.',
    body: newOverrides,
    answers: { 200: keptOverrides },
    errors: ['content_rejected', 'limit_reached'],
  };
  app.post('/scans/overrides', { config: { access: 'scans:write', describe: record } }, async (request) => {
    const actor = actorOf(request, 'scans:write');
    const { overrides: records } = parse(newOverrides, bodyOf(request));
    return overrides.record(actor, originOf(request), records);
  });

  const listOverrides = {
    summary: 'List records of overridden vetoes, the newest first',
    details: LARGE,
    query: overrideQuery,
    answers: { 200: overridePage },
  };
  app.get(
    '/scans/overrides',
    { config: { access: 'scans:read', describe: listOverrides } },
    async (request) => {
      const actor = actorOf(request, 'scans:read');
      return overrides.list(actor, originOf(request), parse(overrideQuery, request.query));
    },
  );
}
