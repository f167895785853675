import type { FormWords } from "../words.ts";

export const ja: FormWords = {
  language: "ja",
  title: (service, app) => (app === null ? `${service} を接続` : `${service} を ${app} に接続`),
  kept: (service) =>
    `入力内容は ${service} で確認され、暗号化して保管されます。キーやパスワードが再び表示されることはありません。`,
  optional: "任意",
  help: "確認できる場所",
  newTab: "新しいタブで開きます",
  show: (title) => `${title} を表示`,
  hidden: (lines) => `入力済み、非表示: ${lines} 行`,
  choose: "選択してください…",
  none: "なし",
  fixed: "再接続するアカウントのため、変更できません。",
  connect: "接続する",
  checking: (service) => `${service} で確認しています…`,
  required: "入力が必要です。",
  unlike: (example) =>
    example === null
      ? "形式が違うようです。余分なものを含めず、全体をもう一度コピーしてください。"
      : `形式が違うようです。例: ${example}`,
  refused: (service) => `${service} で受け付けられませんでした。何も保存されていません。入力内容を確かめてください。`,
  unreachable: "応答がありませんでした。インターネット接続を確かめてから、もう一度試してください。",
  unasked: (service) =>
    `現在 ${service} に問い合わせできません。何も保存されていません。少し待ってから、もう一度試してください。`,
  done: (service) => ({ title: `${service} を接続しました`, text: "このウィンドウは閉じてかまいません。" }),
};
