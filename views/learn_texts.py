"""The texts of the screen Learn, in English and in Chinese."""

LEARN_TEXTS: dict[str, tuple[str, str]] = {
    "view Learn": ("Learn", "学习"),
    "learnt": ("What to do", "做什么"),
    "learnt Watch": ("Watch it learn", "看它学习"),
    "learnt Teach": ("Teach it", "教它"),
    "learn off operator": (
        "Training is switched off on this server: here is a recorded run. Its operator can allow it with "
        "`DIGITS_TRAINING=on` (with make: `TRAINING=on`).",
        "这台服务器没有开放训练，下面播放一次录好的训练。管理员可用 `DIGITS_TRAINING=on`"
        "（使用 make 时为 `TRAINING=on`）开放。",
    ),
    "learn off tensorflow": (
        "TensorFlow is not installed here, which training needs: here is a recorded run. To install it: "
        "`pip install -r requirements.txt`",
        "这里没有安装训练所需的 TensorFlow，下面播放一次录好的训练。安装方法：`pip install -r requirements.txt`",
    ),
    "learn first": (
        "Draw a digit: watch how the network learns to read it.",
        "写一个数字，看网络怎么学会读它。",
    ),
    "just trained": ("just trained", "刚训练的"),
    # What is trained
    "lesson": ("What to train", "训练什么"),
    "lesson network": ("Network", "网络"),
    "lesson network small": ("fast", "快速"),
    "about lesson network small": (
        "80,000 parameters, for MNIST alone: 99 % within seconds.",
        "8 万个参数，只为 MNIST：几秒钟就到 99 %。",
    ),
    "about lesson network compact": (
        "299,000 parameters, also for handwriting that MNIST lacks; its training is shortened here.",
        "29.9 万个参数，也能读 MNIST 里没有的写法；这里缩短了训练。",
    ),
    "about lesson network classic": (
        "The article's network of 1.9 million parameters; its training is shortened here.",
        "原文的网络，190 万个参数；这里缩短了训练。",
    ),
    "lesson images": ("Training images", "训练图"),
    "about lesson images": (
        "What data is worth: with fewer images, each is seen more often, and learnt by heart.",
        "看看数据值多少：图越少，每张看得越多，网络就越是死记。",
    ),
    "lesson optimizer": ("Optimizer", "优化器"),
    "lesson optimizer recipe": ("recipe's own", "默认"),
    "about lesson optimizer recipe": (
        "The rule by which the weights are changed, as the network's recipe has it.",
        "调整权重的规则，用该网络自己的做法。",
    ),
    "about lesson optimizer adam": (
        "Each weight has a step of its own, with momentum: fast and robust.",
        "每个权重有自己的步长，并带动量：又快又稳。",
    ),
    "about lesson optimizer rmsprop": (
        "Each weight has a step of its own, without momentum.",
        "每个权重有自己的步长，不带动量。",
    ),
    "about lesson optimizer adadelta": (
        "The article's choice: it finds its steps by itself, and takes its time.",
        "原文的选择：自己找步长，但不着急。",
    ),
    "lesson activation": ("Activation", "激活函数"),
    "about lesson activation relu": (
        "What is below zero becomes zero.",
        "负数变成零。",
    ),
    "about lesson activation selu": (
        "What is below zero is pressed together, and all is scaled so that it keeps its spread.",
        "负数被压缩，整体缩放以保持离散程度。",
    ),
    "lesson rate": ("Learning rate", "学习率"),
    "lesson rate recipe": ("recipe's own", "默认"),
    "about lesson rate": (
        "How far each step goes. Too small: it hardly learns. Too large: it never settles.",
        "每一步走多远。太小几乎学不动，太大永远稳不下来。",
    ),
    "lesson wrong": ("Wrong labels", "错误标签"),
    "about lesson wrong": (
        "This share of the training images is labelled wrong on purpose. How many can it bear?",
        "有意把这么多训练图标错。它能承受多少？",
    ),
    "lesson seed": ("Seed", "随机种子"),
    "about lesson seed": (
        "Chance begins here: another seed, another network.",
        "随机从这里开始：换个种子，就是另一个网络。",
    ),
    # A run
    "invitation Watch": (
        "Press Start, and a network that knows nothing learns to read 60,000 digits before your eyes: curves grow, the "
        "wall turns from wrong to right, and your own drawing is read in every moment.",
        "按“开始”，一个什么都不懂的网络就在您眼前学读六万个数字：曲线生长，图墙由错变对，您自己写的也时刻在读。",
    ),
    "invitation Teach": (
        "Everyone writes some digit that no network reads. Draw yours five times, say what it is, and the network "
        "learns it in 20 seconds, without forgetting the others.",
        "每个人都有某个数字是网络读不对的。把您的写五遍，告诉它是几，二十秒后它就学会了，其他的也不会忘。",
    ),
    "run start": ("Start", "开始"),
    "run pause": ("Pause", "暂停"),
    "run go on": ("Continue", "继续"),
    "run stop": ("Stop", "停止"),
    "run is off": ("Not started yet", "尚未启动"),
    "run is starting": ("Getting ready: loading TensorFlow …", "准备中：正在载入 TensorFlow…"),
    "run is preparing": ("Getting ready: building the network …", "准备中：正在搭建网络…"),
    "run is ready": ("Ready", "就绪"),
    "run is training": ("Training …", "训练中…"),
    "run is paused": ("Paused", "已暂停"),
    "run is finishing": ("Scoring on the test set …", "正在测试集上评分…"),
    "run is saving": ("Saving the network …", "正在保存网络…"),
    "run is idle": ("Done", "完成"),
    "run of another": ("Someone else is training a network; you are watching.", "别人正在训练，您在观看。"),
    "run ended unprepared": ("This can’t be prepared.", "无法准备。"),
    "run ended failed": ("The training failed.", "训练失败。"),
    "run ended idle": (
        "The training process has ended after ten minutes without work. Start begins it again.",
        "训练进程十分钟没有工作，已结束。按“开始”会重新启动。",
    ),
    "run ended memory": (
        "The training took more memory than it may, and was ended. Choose fewer images, or a smaller network.",
        "训练占用的内存超过上限，已被结束。请减少训练图，或选小一些的网络。",
    ),
    "run ended died": (
        "The training process has ended unexpectedly. Start begins it again.",
        "训练进程意外结束。按“开始”会重新启动。",
    ),
    "problem busy": ("A training runs already. Begin once it is over.", "已有训练在进行，请等它结束。"),
    "problem not yours": ("Someone else has started this training.", "这次训练是别人启动的。"),
    "problem name": (
        "Not a free name for a network: up to 40 letters, digits and dashes, and not one that is there already.",
        "这个名字不能用：最多 40 个英文字母、数字和连字符，且不能与已有的重名。",
    ),
    "problem no result": ("There is nothing to keep. Train a network first.", "没有可保存的，请先训练一个网络。"),
    "problem drawings": ("These drawings can't be taught.", "这些手写无法用来教。"),
    "problem process": ("The training process can't be started.", "训练进程无法启动。"),
    "moment": ("Go back through the run", "回看这次训练"),
    "moment hint": ("All below shows that moment", "下面都显示那一刻"),
    "progress": ("Progress", "进度"),
    "images seen": ("images seen", "看过的图"),
    "images a second": ("images a second", "每秒图数"),
    "seconds": ("time", "用时"),
    "seconds left": ("left", "剩余"),
    "wall title": ("{right} of {all} test images right", "{all} 张测试图对 {right} 张"),
    "wall tile": ("A {label}, read as {read}", "{label}，读作 {read}"),
    "confusion title": ("{right} of {all} validation images right", "{all} 张验证图对 {right} 张"),
    "your drawing": ("Your drawing:", "您写的："),
    "their drawing": ("A visitor’s drawing:", "访客写的："),
    # What came of it
    "just trained title": ("Just trained: draw, and it reads", "刚训练好：写一个，它就读"),
    "taught title": ("Just taught", "刚教会"),
    "before": ("before", "之前"),
    "after": ("after", "之后"),
    "your drawings right": ("your drawings read right", "您写的字读对"),
    "digits refused": ("test digits refused", "测试数字被拒识"),
    "non-digits refused": ("other drawings refused", "其他图被拒识"),
    "keep example": ("my-network", "我的网络：用英文字母、数字和连字符"),
    "keep as": ("Keep it under a name", "起个名字保存"),
    "keep network": ("Keep", "保存"),
    "discard": ("Discard", "丢弃"),
    "undo teaching": ("Undo", "撤销"),
    "kept as": (
        "Kept as {name}: it is there wherever a network is chosen.",
        "已保存为 {name}，凡能选网络的地方都有它。",
    ),
    "open kept": ("Draw with it", "用它来读"),
    # Teaching
    "teach intro": (
        "Draw a digit in your own style that is read wrong, and say what it is. Five drawings are enough.",
        "用您自己的写法写一个会被读错的数字，再告诉它是几。写五个就够。",
    ),
    "teach it hint": (
        "Takes this drawing along as the first of five from which the network learns",
        "以这个手写为五个中的第一个，再写四个，网络就能学会",
    ),
    "teach kept": ("Add my kept drawings ({count})", "加入我保存的手写（{count}）"),
    "teach as": ("This is a", "这是"),
    "teach empty": ("Draw something first.", "请先写一个数字。"),
    "taught drawings": ("{count} of {wanted} drawings", "{wanted} 个里已有 {count} 个"),
    "teach remove": ("Take this drawing away", "去掉这个"),
    "teach alt": ("A {label}, read as {read}", "{label}，读作 {read}"),
    "teach start": ("Teach {network}", "教 {network}"),
    "teach hint": (
        "Beside your drawings, the network sees its own training images again, so that it forgets nothing. It takes "
        "about 20 seconds.",
        "网络在学您写的同时，会再看自己的训练图，以免遗忘。大约 20 秒。",
    ),
}
