import type { Question } from './question-catalogue.ts';

/** All questions with what each answers: a page for people, JSON for everybody else. */
export function indexOf(questions: ReadonlyMap<string, Question>, mount: string, accept: string | null): Response {
  if (accept?.includes('text/html')) {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'" };
    return new Response(pageOf(questions, mount), { headers });
  }
  return Response.json({
    openapi: `${mount}/openapi.json`,
    questions: [...questions.values()].map(({ name, description, parameters }) => ({
      name,
      url: `${mount}/${name}`,
      question: description,
      parameters: [...parameters].map(([parameter, { required }]) => ({ name: parameter, required })),
    })),
  });
}

function pageOf(questions: ReadonlyMap<string, Question>, mount: string): string {
  const items = [...questions.values()].map(
    ({ name, description, parameters }) =>
      `<dt><code>GET ${escaped(`${mount}/${name}`)}</code></dt>\n<dd><p>${escaped(description)}</p>` +
      `<p>${parametersOf(parameters)}</p></dd>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Tallymark reports</title></head>
<body>
<h1>Reports</h1>
<p>Plain JSON; <code>format=csv</code> and <code>format=ndjson</code> download.
<a href="${escaped(mount)}/openapi.json">OpenAPI</a></p>
<dl>
${items.join('\n')}
</dl>
</body>
</html>
`;
}

function parametersOf(parameters: Question['parameters']): string {
  if (parameters.size === 0) return 'No parameters.';
  const named = [...parameters].map(([name, { required }]) => {
    const code = `<code>${escaped(name)}</code>`;
    return required ? `<strong>${code}</strong>` : code;
  });
  return `${named.join(', ')} (those in bold are needed)`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
