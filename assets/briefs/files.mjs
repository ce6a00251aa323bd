/* Taking a brief away as PDF or Word. */

const NAMED = /filename\*=UTF-8''([^;]+)/;

/* Asks for the file and hands it to the browser; returns its name, or throws the refusal's words as an Error. */
export async function takeFile(briefId, format, failed) {
  let answer;
  try {
    answer = await fetch(`/api/v1/briefs/${briefId}/file?format=${format}`, { method: "POST", credentials: "same-origin", redirect: "manual" });
  } catch {
    throw new Error(failed);
  }
  if (!answer.ok) throw new Error((answer.status === 409 ? (await answer.json()).words : null) ?? failed);
  const name = decodeURIComponent(NAMED.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? `brief.${format}`);
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // longer than any dialog that names the file
  return name;
}
