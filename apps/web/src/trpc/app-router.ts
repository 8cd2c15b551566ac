import { createTallymarkRouter, type TallymarkRouterContext } from '@tallymark/analytics/routers/tallymark';
import { demoPlan } from '@tallymark/contract/demo-plan';

export const appRouter = createTallymarkRouter(demoPlan);

export type AppContext = TallymarkRouterContext;
