import type { Words } from "../words.ts";

const back = (app: string | null): string =>
  app === null ? "元のページに戻り、最初からやり直してください。" : `${app} に戻り、最初からやり直してください。`;

export const ja: Words = {
  language: "ja",
  loading: "お待ちください…",
  title: (app) => `${app} にアカウントを接続`,
  person: (who) => `${who} さん`,
  search: "サービスを検索",
  found: (count) => `${count} 件のサービス`,
  noneFound: "該当するサービスはありません。",
  nothing: (app) => `${app} には、まだ接続できるものがありません。`,
  asks: (app, service) => `${app} が ${service} アカウントへのアクセスを求めています`,
  may: "許可される内容:",
  decides: (service) => `内容は ${service} の画面に表示されます。`,
  later: (service) => `次に ${service} が確認します。そこで断ることも、あとでいつでも取り消すこともできます。`,
  goOn: (service) => `${service} に進む`,
  uses: (app) => `${app} は、入力されたキーまたはパスワードを使い、それで許される操作を行えます。`,
  entering: (service) => `次に、${service} から受け取った API キーなどを入力します。`,
  toForm: "続ける",
  leaving: (service) => `${service} に移動しています…`,
  cancel: "キャンセル",
  others: "別のサービスを選ぶ",
  again: "もう一度試す",
  close: "ウィンドウを閉じる",
  problems: {
    used: (app) => ({ title: "このリンクは使用済みです", text: `リンクは一度だけ使えます。${back(app)}` }),
    expired: (app) => ({ title: "このリンクは期限切れです", text: `有効期間が過ぎました。${back(app)}` }),
    elsewhere: (app) => ({
      title: "別のブラウザーで開始されています",
      text: `続きはそのブラウザーでのみ行えます。${back(app)}`,
    }),
    cancelled: (app) => ({ title: "キャンセルされました", text: `何も接続されていません。${back(app)}` }),
    damaged: (app) => ({
      title: "このリンクは使えません",
      text: `リンクが壊れているか、期限がとうに過ぎています。${back(app)}`,
    }),
    unavailable: (app) => ({
      title: "現在は接続できません",
      text: `設定されていません。${app === null ? "案内した担当者" : `${app} の担当者`}に伝えてください。`,
    }),
    other: (app) => ({
      title: "別のアカウントです",
      text: `再接続するアカウントではないため、何も変更されていません。${back(app)}`,
    }),
    full: (app) => ({
      title: "アカウントが多すぎます",
      text: `何も接続されていません。不要なアカウントの接続を解除してください。${back(app)}`,
    }),
    busy: () => ({ title: "試行回数が多すぎます", text: "少し待ってから、もう一度試してください。" }),
    failed: () => ({
      title: "うまくいきませんでした",
      text: "何も接続されていません。少し待ってから、もう一度試してください。",
    }),
    missing: () => ({ title: "ここには何もありません", text: "アドレスを確かめるか、元のページに戻ってください。" }),
  },
};
