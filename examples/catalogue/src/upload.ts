/** What came of a file: the import that its course is made by, or why there is none. */
export type Sent = { id: string } | { refused: string };

interface Answer {
  data?: { id: string };
  errors?: { message: string }[];
}

/**
 * Sends a file to an address that `courseUpload` gave, by PUT. `onProgress` is told how much of it
 * is sent, from 0 to 1, which `fetch` can't.
 */
export function upload(url: string, file: File, onProgress: (part: number) => void): Promise<Sent> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const refuse = (refused: string) => resolve({ refused });
    request.open("PUT", url);
    // Some systems know no type for .zip, and the source needs one.
    request.setRequestHeader("content-type", file.type || "application/zip");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onerror = () => refuse("The file couldn’t be sent: look at your connection.");
    request.onload = () => {
      const answer = request.response as Answer | null;
      if (answer?.data) resolve(answer.data);
      else refuse(answer?.errors?.[0]?.message ?? `The server answered ${request.status}.`);
    };
    request.send(file);
  });
}
