import type { Actor, Authorized } from '../access/actor.ts';
import type { Recorder } from '../audit/recorder.ts';
import type { WriterClient } from '../database/writer-client.ts';
import type { DataKey } from '../encryption/seal.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import type { Metadata } from '../json.ts';
import type { Screening } from '../memories/memory.ts';
import { screen } from '../memories/screening.ts';
import { ProjectError } from './errors.ts';
import { openSettings, type ProjectSettings, sealSettings } from './settings.ts';
import { insertProject, projectOf, replaceProject } from './store.ts';

export interface ProjectDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  recorder: Pick<Recorder, 'leaf'>;
  /** Seals the settings: they are of no single data subject. */
  recordsKey: DataKey;
  now(): number;
}

/** How a caller names a project: mem0 knows organisations with projects, here both are the namespace. */
export interface ProjectName {
  org: string;
  project: string;
}

export interface Project {
  settings: ProjectSettings;
  /** 0 while nothing was ever set. */
  version: number;
  /** Epoch ms. */
  updatedAt: number | null;
}

const ATTEMPTS = 5;

/** The settings of a namespace that mem0's clients call its project. */
export class ProjectService {
  private readonly deps: ProjectDeps;

  constructor(deps: ProjectDeps) {
    this.deps = deps;
  }

  /** @throws ProjectError `not_found` for whatever is not the actor's own namespace */
  async get(actor: Authorized<'memories:read'>, name: ProjectName): Promise<Project> {
    checkOwn(actor, name);
    return this.current(actor);
  }

  /**
   * Sets what `changes` names; null clears, what is absent stays. Secrets in it are redacted as in a memory.
   * @throws ProjectError `not_found`; MemoryError `content_rejected`
   */
  async update(
    actor: Authorized<'projects:write'>,
    origin: Origin,
    name: ProjectName,
    changes: ProjectSettings,
  ): Promise<{ project: Project; screening: Screening }> {
    checkOwn(actor, name);
    const { content, screening } = screen({ text: '', metadata: changes as Metadata });
    for (let tries = 1; ; tries++) {
      try {
        return { project: await this.replace(actor, origin, content.metadata as ProjectSettings), screening };
      } catch (error) {
        // Somebody changed another setting at the same time: neither change may undo the other.
        if ((error as { code?: string }).code !== 'stale_version' || tries === ATTEMPTS) throw error;
      }
    }
  }

  private async replace(actor: Actor, origin: Origin, changes: ProjectSettings): Promise<Project> {
    const { writer, recorder, recordsKey, now } = this.deps;
    const { id: namespace, publicId } = actor.namespace;
    const before = await this.current(actor);
    const merged = Object.entries({ ...before.settings, ...changes });
    const settings: ProjectSettings = Object.fromEntries(merged.filter(([, value]) => value !== null));
    const version = before.version + 1;
    const at = now();
    const row = { namespace, at, body: sealSettings(recordsKey, namespace, version, settings) };
    const step =
      before.version === 0
        ? insertProject.bind(row)
        : replaceProject.bind({ ...row, from: before.version, version });
    const leaf = recorder.leaf({
      ...traced(origin),
      type: 'project.updated',
      time: at,
      actor: auditActor(actor),
      namespace: publicId,
      resource: { type: 'project', ids: [publicId] },
      success: true,
      before: before.settings,
      after: settings,
    });
    await writer.commit({
      steps: [actor.guard, { ...step, otherwise: 'stale_version' }],
      leaves: [leaf],
    });
    return { settings, version, updatedAt: at };
  }

  private async current({ namespace: { id } }: Actor): Promise<Project> {
    const [row] = await this.deps.writer.read(projectOf, { namespace: id });
    if (!row) return { settings: {}, version: 0, updatedAt: null };
    const settings = openSettings(this.deps.recordsKey, id, row.version, row.body);
    return { settings, version: row.version, updatedAt: row.updated_at };
  }
}

/** Another namespace answers as one that is not there. */
function checkOwn({ namespace: { publicId } }: Actor, { org, project }: ProjectName): void {
  if (org !== publicId || project !== publicId) throw new ProjectError();
}
