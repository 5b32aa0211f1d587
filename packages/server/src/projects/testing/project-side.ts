import { clusterFixture } from '../../clusters/testing/clusters.ts';
import { mem0ExportRoutes } from '../../compat/mem0-export-routes.ts';
import { mem0FeedbackRoutes } from '../../compat/mem0-feedback-routes.ts';
import { mem0ProjectRoutes } from '../../compat/mem0-project-routes.ts';
import { mem0UnsupportedRoutes } from '../../compat/mem0-unsupported-routes.ts';
import { feedbackRoutes } from '../../feedback/routes.ts';
import { projectSide } from '../../project-side.ts';

export type Project = Awaited<ReturnType<typeof projectFixture>>;

/** Project settings, feedback and exports over a real database, beside the fixture's memories. */
export async function projectFixture() {
  const fixture = await clusterFixture();
  const { app, keys: subjectKeys, memories, recorder, recordsKey, commit, now } = fixture;
  const writer = { ...fixture.writer, commit };
  const side = projectSide({ writer, recorder, keys: { records: recordsKey }, subjectKeys, memories, now });
  mem0ProjectRoutes(app, side);
  mem0FeedbackRoutes(app, side);
  mem0ExportRoutes(app, side);
  mem0UnsupportedRoutes(app);
  feedbackRoutes(app, side);
  return { ...fixture, ...side };
}
