// What the widget says by itself, in both languages. What the service says comes from the service.
(window.HotlineParts ||= {}).strings = {
  zh: {
    title: "12345 政务服务", launcher: "开始对话", close: "关闭对话", language: "English", languageLabel: "Switch to English",
    emergency: "有危险请直接拨打", input: "写下您的问题", placeholder: "问政策、反映问题、查进度", send: "发送", attach: "附照片或文件", uploading: "正在上传…", notUploaded: "没有传上去，请再试一次。",
    welcome: "您好，这里是12345自动助手。可以问政策、反映问题、查进度；想找人，回复“人工”。",
    log: "对话内容", resident: "您", bot: "自动助手", system: "系统", operator: (n) => `值班人员 ${n} 号`,
    typing: "正在写…", sending: "发送中", waiting: "还没发出去，会自动重发", failed: "没有存上，会自动重发",
    offline: "连接断开了。您写的会保存在这里，连上后自动发出。", online: "已重新连上。",
    stateWaiting: (s) => `正在请值班人员，已等 ${s} 秒`, stateHuman: (n) => (n ? `值班人员 ${n} 号在和您谈` : "值班人员在和您谈"),
    chosen: "已选", tooLong: "太长了，请分几次发。", newReply: "新消息", options: "可以选",
  },
  en: {
    title: "12345 Government Services", launcher: "Start chat", close: "Close chat", language: "中文", languageLabel: "切换到中文",
    emergency: "In danger, call", input: "Write your question", placeholder: "A policy, a problem, the progress of a case", send: "Send", attach: "Add photos or files", uploading: "Uploading…", notUploaded: "The upload failed; please try again.",
    welcome: "Hello, this is the automated assistant of 12345. Ask about a policy, report a problem, check progress; reply \"person\" for a human.",
    log: "Conversation", resident: "You", bot: "Assistant", system: "Notice", operator: (n) => `Operator ${n}`,
    typing: "writing…", sending: "sending", waiting: "not sent yet, will be sent again", failed: "not stored, will be sent again",
    offline: "The connection is lost. What you write is kept here and sent when it is back.", online: "Connected again.",
    stateWaiting: (s) => `A person on duty is being fetched: ${s} s so far`, stateHuman: (n) => (n ? `Operator ${n} is talking with you` : "A person is talking with you"),
    chosen: "chosen", tooLong: "That is too long; please send it in parts.", newReply: "New message", options: "You can choose",
  },
};
