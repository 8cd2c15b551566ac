'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { server } from '../../../../server.ts';
import { completeProject } from '../../../../studio/complete-project.ts';
import { StudioError } from '../../../../studio/studio-error.ts';
import { visitOfRequest } from '../../../../tracking/request-visit.ts';

export interface CompleteState {
  readonly problem: string | null;
}

/** Closes a project of the user's own; admins close any. */
export async function complete(_previous: CompleteState, data: FormData): Promise<CompleteState> {
  const projectId = z.uuid().safeParse(data.get('projectId'));
  if (!projectId.success) return { problem: 'The form was not whole. Reload the page and try again.' };
  const visit = await visitOfRequest();
  if (visit.userId === null) return { problem: 'Log in first: only owners complete projects.' };
  const { prisma, eventIngestion } = server();
  try {
    await completeProject({ prisma, eventIngestion, now: () => new Date() }, projectId.data, visit);
  } catch (error) {
    if (error instanceof StudioError) return { problem: error.message };
    throw error;
  }
  revalidatePath('/projects', 'layout');
  return { problem: null };
}
