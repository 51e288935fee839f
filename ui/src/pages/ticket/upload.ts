/** Sends a file and tells how far it is; the browser's fetch cannot. */
import { type Attached, Refusal } from "../../api";

/** What the server keeps; throws a Refusal. `far`: called with 0–1. */
export function upload<T = Attached>(address: string, file: File, far: (done: number) => void): Promise<T> {
  const form = new FormData();
  form.append("file", file);
  return new Promise((kept, refused) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => far(total ? loaded / total : 0);
    request.onerror = () => refused(new Refusal("网络不通，文件没有上传，请重试", 0));
    request.onload = () => {
      if (request.status < 300) kept(request.response as T);
      else refused(new Refusal((request.response as { detail?: string } | null)?.detail ?? "文件没有上传，请重试", request.status));
    };
    request.send(form);
  });
}
