"""The texts of the story on the Network screen and of the glossary, in English and in Chinese."""

NETWORK_TEXTS: dict[str, tuple[str, str]] = {
    # The Network screen
    "story": ("How it reads", "它怎么读"),
    "story intro": (
        "Follow one image through the network: your own drawing from the pad, or a digit of MNIST’s {test set}. "
        "Underlined words are explained where they stand.",
        "跟着一张图走过整个网络：可以是您在画板上写的，也可以是 MNIST {test set}里的数字。带下划线的词可就地查看解释。",
    ),
    "story of": ("Image to follow", "要跟踪的图"),
    "story own": ("Your drawing", "您写的"),
    "story digit": ("A {digit} of the test set", "测试集里的 {digit}"),
    "image title": ("The image", "图像"),
    "step image": (
        "28 × 28 numbers from 0, black, to 1, white. The frame is where the {kernel} stands: move the pointer over it.",
        "28 × 28 个数，0 是黑，1 是白。方框是{kernel}所在的位置，可以用指针移动它。",
    ),
    "kernel title": ("Kernel {number}", "卷积核 {number}"),
    "below alt": ("The pixels below the kernel", "卷积核下的像素"),
    "step kernel": (
        "{side} × {side} weights that were learnt: orange where ink counts for it, blue where ink counts against it. "
        "Each pixel below it is multiplied by its weight; all are added, with a constant.",
        "学到的 {side} × {side} 个权重：橙色处有笔迹加分，蓝色处有笔迹减分。它下面的每个像素乘以对应的权重，"
        "再连同一个常数全部相加。",
    ),
    "again": ("Play again", "再放一遍"),
    "map title": ("Its map", "它的特征图"),
    "step map": (
        "All these sums make a {feature map}. It is orange where the image looks like the kernel. This is "
        "{convolution}.",
        "所有的和组成一张{feature map}。图像与卷积核相像的地方是橙色。这就是{convolution}。",
    ),
    "pooled title": ("The map, pooled", "池化后的特征图"),
    "step pooling": (
        "Of each {pool} × {pool} sums, {pooling} keeps the largest. A quarter of the numbers is left, and where "
        "exactly a "
        "stroke lay matters less.",
        "{pooling}从每 {pool} × {pool} 个和里只留最大的。数目剩下四分之一，笔画的确切位置不再那么要紧。",
    ),
    "all kernels": (
        "All {count} kernels of the first layer. Choose one to see it at work.",
        "第一层的全部 {count} 个卷积核。点一个看它怎么工作。",
    ),
    "layers title": ("The layers", "各层"),
    "step layers": (
        "The next kernels move over all maps at once, and find what strokes are made of: corners, loops, "
        "crossings. Click "
        "a layer to see what it does, and its maps of this image.",
        "后面的卷积核同时在所有特征图上移动，找到笔画的组成部分：拐角、圈、交叉。点一层，看它做什么、"
        "对这张图给出什么特征图。",
    ),
    "layer input": ("image", "图像"),
    "layer numbers": ("Output: {shape}. Parameters: {parameters}.", "输出：{shape}。参数：{parameters}。"),
    "stage maps": (
        "{count} maps of {side} × {side} that leave this stage",
        "这一级输出的 {count} 张 {side} × {side} 特征图",
    ),
    "features title": ("The last features", "最后的特征"),
    "features alt": ("{count} features, bright where they are strong", "{count} 个特征，越亮越强"),
    "step features": (
        "What is left of the image is {count:,} numbers, each a {feature}. Two images with similar features look "
        "alike to "
        "the network: that is how it finds similar ones.",
        "图像最后只剩 {count:,} 个数，每个是一个{feature}。两张图的特征相近，网络就认为它们像："
        "相似的图就是这样找到的。",
    ),
    "logits title": ("The logits", "得分（logit）"),
    "step logits": (
        "The last {dense layer} multiplies each of the {count:,} features by a weight for each digit, and adds "
        "them up. "
        "The sum is the digit’s {logit}.",
        "最后的{dense layer}为每个数字准备了 {count:,} 个权重，与特征相乘再相加，和就是这个数字的{logit}。",
    ),
    "probabilities title": ("The probabilities", "概率"),
    "step softmax": (
        "{softmax} makes probabilities of the logits: all positive, and together 100 %.",
        "{softmax}把得分变成概率：都是正数，合起来是 100 %。",
    ),
    "step temperature": (
        "Divided by the {temperature} {by:.2f}, the logits go through {softmax}: all probabilities are positive, "
        "and together 100 %.",
        "得分先除以{temperature} {by:.2f}，再经过 {softmax}：概率都是正数，合起来是 100 %。",
    ),
    "curves": ("How it learnt", "它怎么学会的"),
    "curve alt": (
        "{name} over the epochs; at the end {training} on training images and {validation} on validation images",
        "各轮的{name}；最后在训练图上为 {training}，在验证图上为 {validation}",
    ),
    "loss curve": ("Loss", "损失"),
    "accuracy curve": ("Accuracy", "准确率"),
    "epoch axis": ("epoch", "轮"),
    "on training": ("training", "训练"),
    "on validation": ("validation", "验证"),
    "about loss": (
        "In each {epoch} the network sees all training images once, and changes its weights so that the {loss} falls. "
        "The {validation} images are never learnt from: they tell whether it understands or only remembers.",
        "每一{epoch}里，网络把训练图都看一遍，并调整权重，让{loss}下降。{validation}图从不参与学习："
        "它们说明网络是懂了，还是只是记住了。",
    ),
    "smoothed loss": (
        " Since {label smoothing} asks for less than 100 %, the loss on training images can't come near zero.",
        "{label smoothing}要求的把握不到 100 %，所以训练图上的损失不会接近零。",
    ),
    "about accuracy": (
        "From each grid line to the next one up, ten times fewer images are read wrong.",
        "每往上一格，读错的图就减少到十分之一。",
    ),
    "warped training": (
        " The training images are made harder on purpose, by {augmentation}: so their {accuracy} is lower.",
        "训练图被{augmentation}有意变难，所以训练图上的{accuracy}较低。",
    ),
    "warped training until": (
        " Up to epoch {last} the training images are made harder on purpose, by {augmentation}: so their {accuracy} is "
        "lower. Then they are shown as they are.",
        "到第 {last} 轮为止，训练图被{augmentation}有意变难，所以训练图上的{accuracy}较低；之后按原样显示。",
    ),
    "plain training": (
        " Where the {accuracy} on training images goes on rising and the other does not, the network learns its images "
        "by heart: {overfitting}.",
        "如果训练图上的{accuracy}继续上升，验证图上的却不再上升，就是网络在死记它的图，也就是{overfitting}。",
    ),
    "ingredients": ("What each ingredient brought", "每种做法带来了什么"),
    "ingredients intro": (
        "An earlier form of the recipe, with fewer epochs, more images held out and fewer synthetic ones, was trained "
        "again without each of its ingredients. With all of them it reads {wrong} of the {test set} wrong, the mean of "
        "{runs} runs ({fewest} to {most}). What lies outside of that range is in bold; the rest may be chance.",
        "用较早的方案（训练轮数更少，留出的验证图更多，合成图更少），每次去掉一种做法再训练。"
        "全部保留时在{test set}上读错 {wrong}（{runs} 次训练的均值，{fewest} 到 {most}）。"
        "超出这个范围的用粗体，其余可能只是偶然。",
    ),
    "no ingredients": (
        "What each ingredient brought can't be shown ({error}).",
        "无法显示每种做法带来了什么（{error}）。",
    ),
    "measure": ("Measure", "指标"),
    "with it": ("with", "有"),
    "without it": ("without", "无"),
    "wrong on test": ("test set, read wrong", "测试集读错"),
    "wrong on pens": ("people’s drawings, read wrong", "真人手写读错"),
    "title no warp": ("Warped images", "变形的图"),
    "about no warp": (
        "Each training image is turned, moved, stretched and bent a little, differently each time: "
        "{augmentation}. The "
        "first image is MNIST’s.",
        "每张训练图每次都略微旋转、移动、拉伸、弯曲，这就是{augmentation}。最左边是 MNIST 的原图。",
    ),
    "title warp to the end": ("The last quarter unwarped", "最后四分之一不变形"),
    "about warp to the end": (
        "In the last quarter of the {epoch}s the images are shown as they are.",
        "最后四分之一的{epoch}里，图像不再变形。",
    ),
    "title constant learning rate": ("A learning rate that rises and falls", "先升后降的学习率"),
    "about constant learning rate": (
        "The {learning rate} rises during the first fifth of the training, then falls to nearly zero.",
        "{learning rate}在前五分之一的训练中上升，之后降到接近零。",
    ),
    "title no synthetic images": ("Synthetic images", "合成图"),
    "about no synthetic images": (
        "MNIST lacks how people write elsewhere: the crossed 7, the 1 with a flag. Each {synthetic image} is "
        "such a digit, "
        "or something that is none, to be refused.",
        "MNIST 里没有别处的写法，例如带横的 7、带钩的 1。{synthetic image}补上这些数字，还有要拒识的“不是数字”的图。",
    ),
    "title not told what is drawn": ("Drawings and scans told apart", "区分手写与扫描"),
    "about not told what is drawn": (
        "The level of the background tells the network whether an image is a drawing or a scan of MNIST’s, in "
        "which a "
        "flagged 1 looks like a 7.",
        "背景的灰度告诉网络这是手写还是 MNIST 的扫描图：在后者里，带钩的 1 看起来像 7。",
    ),
    "title no label smoothing": ("Smoothed labels", "标签平滑"),
    "about no label smoothing": (
        "The network is asked for 91 % and not for 100 % of certainty: {label smoothing}.",
        "要求网络给出 91 % 而不是 100 % 的把握，这就是{label smoothing}。",
    ),
    "title float32": ("16-bit numbers (bfloat16)", "16 位的数（bfloat16）"),
    "about float32": (
        "Half of the bits make training faster; what is read wrong stays the same.",
        "位数减半，训练更快，读错的却没有变多。",
    ),
    "meaning": ("Does it mean what it says?", "概率可信吗？"),
    "calibrated": (
        "Where the network says 90 %, it should be right in 90 of 100 cases: on the dashed line. {calibration} "
        "brings a network closer to it. "
        "The bars are how many test images there are, and the lines the {confidence interval}: where there are "
        "few images, "
        "chance is large. The expected calibration error is {error}.",
        "网络说 90 % 的时候，100 次里应当有 90 次读对，也就是落在虚线上；{calibration}使网络更接近这条线。"
        "柱子是测试图的数目，竖线是{confidence interval}：图少的地方，偶然性就大。期望校准误差为 {error}。",
    ),
    "reliability alt": (
        "Reliability diagram: how often the network is right, by how sure it is, with the numbers of images",
        "可信度图：按把握大小统计的读对比例和图数",
    ),
    "share right": ("read right", "读对的比例"),
    "confidence axis": ("probability of the digit read", "读出数字的概率"),
    "counts": ("images", "图数"),
    "bin": (
        "Sure to {confidence}: {images:,} images, {accuracy} right (95 % interval: {low} to {high})",
        "把握 {confidence}：{images:,} 张图，读对 {accuracy}（95 % 区间：{low} 到 {high}）",
    ),
    "scores": ("Scores", "成绩"),
    "recipes": ("Recipes", "训练方案"),
    "handwriting": ("Real handwriting", "真实手写"),
    "layers": ("Layers", "层"),
    "glossary": ("Glossary", "术语表"),
    # The glossary
    "term image": ("image", "图像"),
    "meaning image": ("28 × 28 pixels, each a number from 0 to 1.", "28 × 28 个像素，每个是 0 到 1 的数。"),
    "term kernel": ("kernel", "卷积核"),
    "meaning kernel": (
        "A small square of weights that is moved over the image; it answers where the image looks like it.",
        "在图像上移动的一小块权重；图像与它相像的地方，它就有反应。",
    ),
    "term feature map": ("feature map", "特征图"),
    "meaning feature map": (
        "An image of where in the picture a kernel found what it looks for.",
        "一张图，记录卷积核在哪里找到了它要找的东西。",
    ),
    "term convolution": ("convolution", "卷积"),
    "meaning convolution": (
        "A layer in which each kernel is moved over all maps before it, and makes one map of its own.",
        "这一层里，每个卷积核在前面的所有特征图上移动，各得出一张特征图。",
    ),
    "term pooling": ("pooling", "池化"),
    "meaning pooling": (
        "Keeps the largest of each small square of a map, so that the map becomes smaller.",
        "把特征图分成小方块，每块只留最大值，特征图随之变小。",
    ),
    "term batch norm": ("batch norm", "批归一化"),
    "meaning batch norm": (
        "Shifts and scales each map so that its values have the same mean and spread; training goes faster and "
        "steadier.",
        "平移并缩放每张特征图，使数值的均值和离散程度一致，训练更快更稳。",
    ),
    "term activation": ("activation", "激活函数"),
    "meaning activation": (
        "Bends the values: ReLU makes all that is below zero zero. Without it, many layers could do no more than one.",
        "让数值弯折：ReLU 把负数变成零。没有它，许多层合起来也只相当于一层。",
    ),
    "term padding": ("padding", "填充"),
    "meaning padding": (
        "A border of zeros, so that kernels also reach the edge.",
        "在四周补一圈零，让卷积核也能到达边缘。",
    ),
    "term dropout": ("dropout", "随机失活"),
    "meaning dropout": (
        "In training, leaves out some values by chance, so that no single one is relied on. It does nothing in "
        "reading.",
        "训练时随机丢掉一些数值，使网络不依赖其中某一个；读图时不起作用。",
    ),
    "term global average": ("global average", "全局平均"),
    "meaning global average": (
        "The mean of each map: where a shape lies no longer matters, only whether it is there.",
        "取每张特征图的平均值：形状在哪里不再要紧，只看有没有。",
    ),
    "term flatten": ("flatten", "展平"),
    "meaning flatten": ("Puts all values of all maps in one row.", "把所有特征图的数值排成一行。"),
    "term feature": ("feature", "特征"),
    "meaning feature": (
        "A number that says how much of something learnt is in the image.",
        "一个数，表示图像里有多少某种学到的东西。",
    ),
    "term dense layer": ("dense layer", "全连接层"),
    "meaning dense layer": (
        "A layer in which each output is a weighted sum of all inputs.",
        "这一层的每个输出都是所有输入的加权和。",
    ),
    "term logit": ("logit", "得分（logit）"),
    "meaning logit": (
        "The score of a class, any number; the larger, the more likely.",
        "一个类别的得分，可以是任何数，越大越可能。",
    ),
    "term softmax": ("softmax", "softmax 函数"),
    "meaning softmax": (
        "Makes probabilities of scores: raises e to each of them, and divides by the sum.",
        "把得分变成概率：以 e 为底取指数，再除以总和。",
    ),
    "term temperature": ("temperature", "温度"),
    "meaning temperature": (
        "A number, fitted on held-out images, by which all logits are divided so that the probabilities mean "
        "what they say.",
        "在留出的图上拟合的一个数，所有得分都除以它，使概率名副其实。",
    ),
    "term parameter": ("parameter", "参数"),
    "meaning parameter": ("A number that training sets, such as a weight.", "由训练决定的数，例如权重。"),
    "term epoch": ("epoch", "轮"),
    "meaning epoch": ("One pass through all training images.", "把所有训练图过一遍。"),
    "term loss": ("loss", "损失"),
    "meaning loss": (
        "How wrong the probabilities are: small where the true digit has nearly 100 %. Training makes it smaller.",
        "概率错得多厉害：真实数字接近 100 % 时很小。训练就是让它变小。",
    ),
    "term accuracy": ("accuracy", "准确率"),
    "meaning accuracy": ("The share of images that are read right.", "读对的图所占的比例。"),
    "term validation": ("validation", "验证"),
    "meaning validation": (
        "Images held out of training, by which choices are made.",
        "不参与训练、用来做选择的图。",
    ),
    "term test set": ("test set", "测试集"),
    "meaning test set": (
        "10,000 images that are neither trained on nor used for a choice; they are scored once, at the end.",
        "10,000 张既不参与训练、也不用于选择的图，只在最后评一次分。",
    ),
    "term overfitting": ("overfitting", "过拟合"),
    "meaning overfitting": (
        "To learn the training images by heart instead of what makes a digit.",
        "把训练图背了下来，而没有学会数字的样子。",
    ),
    "term learning rate": ("learning rate", "学习率"),
    "meaning learning rate": ("How far each step of training changes the weights.", "训练每一步改变权重的幅度。"),
    "term augmentation": ("augmentation", "数据增强"),
    "meaning augmentation": (
        "To change training images by chance, so that there are more of them, as if others had written them.",
        "随机改变训练图，让图变多，好像是别人写的。",
    ),
    "term synthetic image": ("synthetic image", "合成图"),
    "meaning synthetic image": (
        "A training image that a program draws, with strokes like those of a pen.",
        "由程序像用笔一样画出的训练图。",
    ),
    "term label smoothing": ("label smoothing", "标签平滑"),
    "meaning label smoothing": (
        "To ask for a little less than 100 % of the true digit, so that the network does not become too sure.",
        "对真实数字的要求略低于 100 %，免得网络过于自信。",
    ),
    "term calibration": ("calibration", "校准"),
    "meaning calibration": (
        "To make probabilities mean what they say.",
        "让概率名副其实。",
    ),
    "term confidence interval": ("95 % interval", "95 % 区间"),
    "meaning confidence interval": (
        "Of 100 such intervals, about 95 hold the true share (Wilson’s interval).",
        "这样的区间每 100 个中，约有 95 个包含真实比例（Wilson 区间）。",
    ),
}
