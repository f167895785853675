/** What kind of file a media type stands for, as a word and as a drawing on a field of 20 by 20. */

export interface FileKind {
  readonly label: string;
  readonly path: string;
}

const SHEET = "M5.5 2.5h6l3 3v12h-9zM11.5 2.5v3h3";

export const FOLDER: FileKind = {
  label: "Folder",
  path: "M2.5 6c0-.8.5-1.3 1.3-1.3h3.4l1.7 2h7.3c.8 0 1.3.5 1.3 1.3v6.7c0 .8-.5 1.3-1.3 1.3H3.8c-.8 0-1.3-.5-1.3-1.3z",
};
const FILE: FileKind = { label: "File", path: SHEET };

/** The first that fits is it. */
const KINDS: readonly (readonly [RegExp, FileKind])[] = [
  [/\bfolder$/, FOLDER],
  [/spreadsheet|excel|csv/, { label: "Spreadsheet", path: `${SHEET}M7.5 9h5v5h-5zM7.5 11.5h5M10 9v5` }],
  [/presentation|powerpoint/, { label: "Presentation", path: "M3 4h14v9.5H3zM10 13.5V17M7 17h6" }],
  [/\.form$|forms/, { label: "Form", path: `${SHEET}M7.5 9h.5M9.5 9h3M7.5 12h.5M9.5 12h3` }],
  [/pdf$/, { label: "PDF", path: `${SHEET}M7.5 14c2-1 3-3.5 2.5-5.5M8 12.5c1.5-.5 3-.5 4.5.5` }],
  [
    /document|msword|rtf|^text\/(?:plain|markdown)/,
    { label: "Document", path: `${SHEET}M7.5 9h5M7.5 11.5h5M7.5 14h3` },
  ],
  [
    /^image\/|drawing|photo/,
    { label: "Image", path: "M3 4h14v12H3zM3 13l4-4 4 4 2-2 4 4M13.5 8a1 1 0 1 0 0-2 1 1 0 0 0 0 2z" },
  ],
  [/^video\//, { label: "Video", path: "M3 4.5h14v11H3zM8.5 7.5v5l4-2.5z" }],
  [
    /^audio\//,
    {
      label: "Audio",
      path: "M7.5 14.5V5l8-1.5v9.3M7.5 14.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM15.5 12.8a2 2 0 1 1-4 0 2 2 0 0 1 4 0z",
    },
  ],
  [/zip|tar|compressed|archive/, { label: "Archive", path: "M3.5 3.5h13v4h-13zM4.5 7.5v9h11v-9M8.5 10.5h3" }],
  [/json|xml|script|html|css|^text\//, { label: "Code", path: "M7 6 3 10l4 4M13 6l4 4-4 4" }],
];

/** The kind of a media type; a plain file where that says nothing. */
export function fileKind(mime_type: string): FileKind {
  return KINDS.find(([pattern]) => pattern.test(mime_type))?.[1] ?? FILE;
}
