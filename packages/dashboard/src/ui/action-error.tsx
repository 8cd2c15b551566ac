/** Why an action was not taken, in the server's words. */
export function ActionError({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <p role="alert" className="text-xs text-bad">
      {wordsOf(error)}
    </p>
  );
}

/** What zod has to say comes as JSON: its sentences are what helps. */
function wordsOf({ message }: Error): string {
  if (!message.startsWith('[')) return message;
  try {
    const issues: unknown = JSON.parse(message);
    if (!Array.isArray(issues)) return message;
    return issues
      .map((issue: { message?: string; path?: unknown[] }) => `${sayWhere(issue.path)}${issue.message}`)
      .join('; ');
  } catch {
    return message;
  }
}

function sayWhere([, place]: unknown[] = []): string {
  return typeof place === 'number' ? `Line ${place + 1} ` : '';
}
