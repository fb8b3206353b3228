"""All texts of the app, in English and in Chinese (the language of the article that this project grew from).

Messages about damaged files come from the modules that found them, in English, as on the command line; only those about
pictures, which visitors bring, have a Chinese text here.
"""

import re

import streamlit as st
from markupsafe import Markup

from model.reading.pictures import MESSAGES

LANGUAGES = {"en": "English", "zh": "中文"}


def say(name: str, /, **values: object) -> str:
    """The text of that name in the visitor's language, with values put into its places."""
    return _text(name).format(**values)


def say_html(name: str, /, **values: object) -> Markup:
    """A text that holds HTML; values that are put into its places are escaped."""
    return Markup(_text(name)).format(**values)


def _text(name: str) -> str:
    english, chinese = TEXTS[name]
    return chinese if st.session_state.get("language") == "zh" else english


def images(count: int) -> str:
    """So many images."""
    return say("one image" if count == 1 else "images", count=count)


def a_digit(digit: int) -> str:
    """The digit with the article that English puts before it: "a 7", but "an 8"."""
    return say("an eight" if digit == 8 else "a digit", digit=digit)


def literal(text: str) -> str:
    r"""A text from outside as Markdown that shows it as it is, and neither formats it nor takes it for a link.

    A line break becomes a blank, as in HTML, so that it ends no row of a table.

    >>> literal("my_7.png")
    'my\\_7\\.png'
    """
    escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.splitlines()))
    return re.sub(r"(?<=\\-)(?=\\-)", _BETWEEN_HYPHENS, escaped)


# Streamlit turns two hyphens into a dash even where they are escaped, and nobody could copy a command's flags. Empty
# small type keeps them apart.
_BETWEEN_HYPHENS = ":small[]"


def browsers_language() -> str:
    """The language of the visitor's browser, if the app speaks it, or else English."""
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


# By name: English, Chinese. Markdown where Streamlit shows it, plain text for screen readers and hints.
TEXTS: dict[str, tuple[str, str]] = {
    # The frame
    "title": ("Handwritten digits", "手写数字识别"),
    "language": ("Language", "语言"),
    "view": ("View", "页面"),
    "view Draw": ("Draw", "手写"),
    "view Mistakes": ("Mistakes", "错例"),
    "view Network": ("Network", "网络"),
    "network": ("Network", "网络"),
    "never refuses": (
        "{network} takes everything for a digit: it can't say that something is not one.",
        "{network} 把什么都当作数字，不会说“这不是数字”。",
    ),
    "no network": (
        "No network in {folder}. Train one with: `python train.py`",
        "{folder} 中没有网络。请先训练：`python train.py`",
    ),
    "no picture": (
        "No picture at {path}. This command draws it: {command}",
        "{path} 没有图片，运行这条命令即可生成：{command}",
    ),
    "bars": ("Probability of each digit", "每个数字的概率"),
    "bars by network": ("Probability of each digit, by network", "各网络给出的每个数字的概率"),
    "true tag": ("true", "真实"),
    # The pad
    "pad": ("Drawing pad: draw a digit with mouse, pen or finger", "画板：用鼠标、笔或手指写一个数字"),
    "clear": ("Clear", "清除"),
    "undo": ("Undo", "撤销"),
    "redo": ("Redo", "重做"),
    "sample": ("Sample", "样例"),
    "sample hint": (
        "Puts a random test digit on the pad, where it is read as a drawing",
        "在画板上放一个随机的测试数字，并按手绘图读取",
    ),
    "brush": ("Brush width", "笔宽"),
    # The Draw screen
    "source": ("What to read", "读什么"),
    "source Digit": ("Digit", "一位数字"),
    "source Number": ("Number", "多位数"),
    "source Picture": ("Picture", "图片"),
    "stage": ("Stage", "演示"),
    "stage hint": ("Pad, digit and bars alone, to be read from afar", "只留画板、数字和概率条，远处也能看清"),
    "leave stage": ("Leave the stage", "退出演示"),
    "invitation Digit": ("Draw a digit<br>from 0 to 9", "写一个数字<br>0 到 9"),
    "invitation Number": ("Draw a number,<br>digit by digit", "写一个多位数，<br>一位一位地写"),
    "invitation Picture": ("Bring a picture<br>of a number", "放一张<br>数字的图片"),
    "sure": (
        "<b>{first}</b> sure, next <b>{runner_up}</b> with {second}",
        "把握 <b>{first}</b>，其次 <b>{runner_up}</b>，{second}",
    ),
    "not sure": (
        "Not sure this is a digit. Best guess: <b>{label}</b> with {first}",
        "不确定这是数字。最可能：<b>{label}</b>，{first}",
    ),
    "seen": ("What the network saw: 28 × 28 pixels", "网络看到的：28 × 28 像素"),
    "seen alt": ("The drawing as the network saw it", "网络看到的图像"),
    "similar": ("Similar test images", "相似的测试图"),
    "history": ("The last drawings", "最近写的"),
    "history alt": ("A drawing read as {text}", "读作 {text} 的手写"),
    "digits in order": ("Digits in reading order", "按顺序的各位数字"),
    "boxes alt": ("The drawing with its digits", "标出各位数字的手写"),
    "upload": (
        "A picture of a digit or a number: upload, drop or paste it (PNG, JPEG, WebP, GIF or BMP)",
        "数字的图片：上传、拖入或粘贴（PNG、JPEG、WebP、GIF 或 BMP）",
    ),
    "camera": ("Use the camera", "用摄像头"),
    "shot": ("Hold the number before the camera", "把数字放到摄像头前"),
    "nothing found": (
        "No digit was found on this picture. Use a dark pen on a light background in even light, go closer, and bring "
        "it again.",
        "这张图片上没有找到数字。请用深色笔写在浅色底上，光线均匀，靠近一些，再放一次。",
    ),
    # A picture that can't be read
    "picture bytes": (MESSAGES["bytes"], "{name} 太大，请存小一些。最大：{most} MB。收到：{received} MB"),
    "picture pixels": (MESSAGES["pixels"], "{name} 太大，请存小一些。最大：{most} 百万像素。收到：{received} 百万像素"),
    "picture empty": (MESSAGES["empty"], "{name} 是空文件，请重新保存或发送。收到：0 字节"),
    "picture format": (
        MESSAGES["format"],
        "{name} 不是这里能读的图片，请存为 PNG、JPEG、WebP、GIF 或 BMP。收到：{received}",
    ),
    "picture unknown": (
        MESSAGES["unknown"],
        "{name} 不是这里能读的图片，请存为 PNG、JPEG、WebP、GIF 或 BMP。收到：{size:,} 字节，开头是 {beginning}",
    ),
    "picture damaged": (
        MESSAGES["damaged"],
        "{name} 已损坏或不完整，请重新保存或发送。收到：{size:,} 字节（{error}）",
    ),
    "picture unopened": (MESSAGES["unopened"], "{name} 打不开，请检查文件名和权限。收到：{error}"),
    "several files": (
        "One picture is read at a time. Bring a single one. Received: {count} files",
        "一次只读一张图片，请只放一张。收到：{count} 个文件",
    ),
    "folder": (
        "A folder is not read here. Bring one picture out of it. Received: {name}",
        "这里不读文件夹，请放其中的一张图片。收到：{name}",
    ),
    # What it was
    "right": ("right", "对"),
    "wrong": ("wrong", "错"),
    "right hint": ("It was read right: {count} so far", "读对了：至今 {count} 次"),
    "wrong hint": ("It was read wrong: {count} so far", "读错了：至今 {count} 次"),
    "it was": ("it was", "其实是"),
    "it was hint": ("It was {digit}", "其实是{digit}"),
    "a digit": ("a {digit}", "数字 {digit}"),
    "an eight": ("an {digit}", "数字 {digit}"),
    "keep": ("Keep drawings", "保存手写"),
    "keep hint": (
        "A drawing is kept once you say what it is. `python train.py --extra FILE` trains on them.",
        "说出写的是几之后才保存。`python train.py --extra FILE` 可用它们训练。",
    ),
    "kept tag": ("drawings are kept", "正在保存手写"),
    "kept off": ("What you draw is not kept.", "您写的不会保存。"),
    "kept none": (
        "No drawing is kept yet. Each will be, on the computer that runs this app, once you say what it is.",
        "还没有保存。说出写的是几之后，手写会保存在运行本程序的电脑上。",
    ),
    "kept one": (
        "1 drawing is kept on the computer that runs this app, with the digit that it was said to be.",
        "运行本程序的电脑上保存了 1 个手写及其数字。",
    ),
    "kept many": (
        "{count:,} drawings are kept on the computer that runs this app, with the digits that they were said to be.",
        "运行本程序的电脑上保存了 {count:,} 个手写及其数字。",
    ),
    "export drawings": ("Export drawings", "导出手写"),
    # Why
    "why": ("Show why", "为什么"),
    "why read": ("why {digit}", "为何是 {digit}"),
    "why not read": ("why not {digit}", "为何不是 {digit}"),
    "why alt": ("Which ink speaks for {digit}, and which against", "哪些笔迹支持 {digit}，哪些反对"),
    "why note": (
        'Without this ink the digit would be <span class="for">■</span> less, <span class="against">■</span> more '
        "probable.",
        '去掉这处笔迹，该数字的概率会<span class="for">■</span>降低、<span class="against">■</span>升高。',
    ),
    "why not": ("Why not a…", "为何不是……"),
    "step ink": ("1. its ink", "1. 笔迹"),
    "step scaled": ("2. scaled to 20 pixels", "2. 缩放到 20 像素"),
    "step centred": ("3. centred by its mass", "3. 按重心居中"),
    "networks differ": ("The networks differ: {readings}", "各网络读法不同：{readings}"),
    "network reads": ("{network} reads **{digit}**", "{network} 读作 **{digit}**"),
    "networks agree": ("All networks read **{digit}**", "所有网络都读作 **{digit}**"),
    # The layers at work
    "show layers": ("Show layers", "看各层"),
    "which layer": ("Layer", "层"),
    "layer hint": (
        "Each map shows where a pattern of its own is found, the brighter the stronger",
        "每张特征图显示各自的模式出现在哪里，越亮越强",
    ),
    "all layers": ("all", "全部"),
    "maps": (
        "Layer {number} of {network}: {count} maps of {height} × {width}",
        "{network} 第 {number} 层：{count} 张 {height} × {width} 的特征图",
    ),
    "no maps": ("{network} keeps its layers to itself.", "{network} 不显示各层。"),
    # The Mistakes screen
    "summary": (
        "**{wrong} of {images:,}** test images are read wrong: an accuracy of **{accuracy}**",
        "**{images:,}** 张测试图中读错 **{wrong}** 张，准确率 **{accuracy}**",
    ),
    "summary without one": (
        ", and of **{accuracy}** without 1 image marked as doubtful",
        "；不计 1 张标为存疑的图，准确率 **{accuracy}**",
    ),
    "summary without": (
        ", and of **{accuracy}** without {count} images marked as doubtful",
        "；不计 {count} 张标为存疑的图，准确率 **{accuracy}**",
    ),
    "show": ("Show", "显示"),
    "show wrong": ("Wrong", "读错的"),
    "show unsure": ("Right but unsure", "对但没把握"),
    "show all": ("All", "全部"),
    "order": ("Order", "排序"),
    "order confident": ("Most confident first", "最有把握的在前"),
    "order unsure": ("Least sure first", "最没把握的在前"),
    "order loss": ("Largest loss first", "损失最大的在前"),
    "order margin": ("Smallest margin first", "差距最小的在前"),
    "order index": ("By index", "按编号"),
    "order given": ("As searched for", "按搜索的顺序"),
    "true digit": ("True digit", "真实数字"),
    "read as": ("Read as", "读作"),
    "probability": ("Probability of the digit read, %", "读出数字的概率，%"),
    "below": ("Unsure below, %", "低于此值算没把握，%"),
    "index": ("Index", "编号"),
    "index hint": ("Numbers and ranges", "编号或范围"),
    "not understood": (
        "Not understood: {parts}. Write indices from 0 to {last:,} and ranges, such as 12, 340-350.",
        "看不懂：{parts}。请写 0 到 {last:,} 的编号或范围，例如 12, 340-350。",
    ),
    "beyond": (
        "Beyond the last image: {parts}. Indices are 0 to {last:,}.",
        "超出范围：{parts}。编号为 0 到 {last:,}。",
    ),
    "inverted": (
        "The wrong way round: {parts}. Write the smaller index first, such as {turned}.",
        "起止颠倒：{parts}。请先写较小的编号，例如 {turned}。",
    ),
    "search cut": (
        "The search is too long: its first {most:,} characters count. Ranges, such as 340-350, are shorter.",
        "搜索太长，只取前 {most:,} 个字符。写成范围会更短，例如 340-350。",
    ),
    "hidden": (
        "Searched for: {images}. Hidden by the filters: {hidden:,}.",
        "搜索了 {images}，其中 {hidden:,} 张被筛选隐藏。",
    ),
    "show hidden": ("Show them", "显示"),
    "wrong by": ("Read wrong by", "谁读错了"),
    "wrong by both": ("both", "两者"),
    "wrong by first": ("only this", "只有它"),
    "wrong by second": ("only the other", "只有另一个"),
    "wrong by neither": ("neither", "都没错"),
    "reset": ("Reset", "重置"),
    "reset hint": ("Takes all filters away", "去掉所有筛选"),
    "panel": ("Panel", "面板"),
    "panel Matrix": ("Matrix", "混淆矩阵"),
    "panel Image": ("Image", "单张"),
    "panel Digits": ("Digits", "各数字"),
    "panel Compare": ("Compare", "比较"),
    "panel Reliability": ("Reliability", "可信度"),
    "panel Marks": ("Marks", "标记"),
    "none": ("No image of this kind.", "没有这样的图。"),
    "one image": ("1 image", "1 张图"),
    "images": ("{count:,} images", "{count:,} 张图"),
    "page": ("{images}, page {page} of {pages}", "{images}，第 {page} 页，共 {pages} 页"),
    "previous page": ("Previous page", "上一页"),
    "next page": ("Next page", "下一页"),
    "csv hint": (
        "These rows: index, true digit, digit read, ten probabilities, mark",
        "这些行：编号、真实数字、读出的数字、十个概率、标记",
    ),
    "png hint": ("These images on one sheet, the first {count} of them", "把这些图排在一张上，最多前 {count} 张"),
    "tile": (
        "Test image {index}: true {actual}, read as {read}, {sure}",
        "测试图 {index}：真实 {actual}，读作 {read}，{sure}",
    ),
    "tile as": ("<b>{sign} {actual}</b> as <b>{read}</b>, {sure}", "<b>{sign} {actual}</b> 读作 <b>{read}</b>，{sure}"),
    "label doubted": ("label doubted", "标签存疑"),
    # Its panels
    "cell": (
        "{actual} read as {read}: {images}, {share} of the {actual}s",
        "{actual} 读作 {read}：{images}，占 {actual} 的 {share}",
    ),
    "matrix caption": ("Rows: true digit. Columns: read as.", "行：真实数字。列：读作。"),
    "matrix hint": (
        "Click a count to see its images; on the diagonal, those read right that the network was least sure of.",
        "点击数目查看图像；对角线上是读对但网络最没把握的。",
    ),
    "column digit": ("Digit", "数字"),
    "column support": ("Images", "图数"),
    "column precision": ("Precision", "精确率"),
    "column recall": ("Recall", "召回率"),
    "column f1": ("F1", "F1"),
    "column confusion": ("Taken for", "误读为"),
    "sort": ("Sort by this", "按此排序"),
    "compare with": ("Compare with", "与之比较"),
    "choose second": ("Choose a second network.", "请选择第二个网络。"),
    "is right": ("{network} right", "{network} 对"),
    "is wrong": ("{network} wrong", "{network} 错"),
    "neither wrong": ("Neither is wrong", "两者都没错"),
    "both wrong": ("Both are wrong", "两者都错"),
    "only wrong": ("Only {network} is wrong", "只有 {network} 错"),
    "mcnemar": (
        "McNemar's exact test on the {count:,} images that only one of them reads wrong: **p = {p:.2g}**. {verdict}",
        "对只有一方读错的 {count:,} 张图做精确 McNemar 检验：**p = {p:.2g}**。{verdict}",
    ),
    "no evidence": ("That is no evidence that either reads better.", "不能说明哪一个更好。"),
    "evidence": (
        "So small a value would be rare if both read equally well: **{better}** reads better.",
        "若两者一样好，这么小的值很少见：**{better}** 更好。",
    ),
    "reliability alt": ("Reliability diagram of {network}", "{network} 的可信度图"),
    "reliability": (
        "Expected calibration error on the test set: **{error:.2f} %**. On the dashed line, of the images read with "
        "90 % just 90 % are read right.",
        "测试集上的期望校准误差：**{error:.2f} %**。在虚线上，以 90 % 的概率读出的图恰有 90 % 读对。",
    ),
    "model wrong": ("model wrong", "模型错"),
    "label wrong": ("label wrong", "标签错"),
    "cannot tell": ("cannot tell", "看不出"),
    "marked": ("Marked {counts}.", "已标记：{counts}。"),
    "marks hint": (
        'Mark an image in the panel "Image". Marks are shared by all who use this server; no score is changed.',
        "在“单张”面板里标记图像。标记由使用此服务器的所有人共享，不改变任何成绩。",
    ),
    "show marked": ("Show marked images", "显示标记过的图"),
    "export marks": ("Export marks", "导出标记"),
    "import marks": ("Import marks: a CSV with the columns index and mark", "导入标记：含 index 和 mark 两列的 CSV"),
    "one mark read": ("1 mark read from {file}.", "从 {file} 读入 1 个标记。"),
    "marks read": ("{count} marks read from {file}.", "从 {file} 读入 {count} 个标记。"),
    # One image
    "test image": ("Test image {index}", "测试图 {index}"),
    "the image": ("the image", "原图"),
    "previous image": ("Previous image", "上一张"),
    "next image": ("Next image", "下一张"),
    "image read": ("True **{actual}**, read as **{read}** with {sure}", "真实 **{actual}**，读作 **{read}**，{sure}"),
    "votes": (
        ". **The label is doubted**: of five people {given} chose {actual}, {guessed} chose {guess} "
        "and {neither} neither",
        "。**标签存疑**：五人中 {given} 人选 {actual}，{guessed} 人选 {guess}，{neither} 人都不选",
    ),
    "similar training": ("Most similar training images, with their labels", "最相似的训练图及其标签"),
    "training image": ("Training image {index}, {label}", "训练图 {index}，{label}"),
    "verdict": ("Your verdict", "你的判断"),
    "draw on it": ("Draw on it", "在上面画"),
    "draw on it hint": ("On the pad it is read as a drawing", "在画板上按手绘图读取"),
    # The Network screen
    "architecture": ("Architecture", "结构"),
    "architecture alt": ("Architecture of {network}", "{network} 的结构"),
    "curves": ("Learning curves", "学习曲线"),
    "curves alt": ("Learning curves of {network}", "{network} 的学习曲线"),
    "meaning": ("Does it mean what it says?", "概率可信吗？"),
    "layers": ("Layers", "层"),
    "row accuracy": ("Accuracy on the test set", "测试集准确率"),
    "row wrong": ("Read wrong", "读错"),
    "of": ("{part} of {whole:,}", "{whole:,} 中的 {part}"),
    "row as drawings": ("Accuracy, given as drawings", "按手绘图读取时的准确率"),
    "row loss": ("Loss on the test set", "测试集损失"),
    "row labels": ("Wrong test labels among the errors", "错例中标签有误的"),
    "row held out": ("Accuracy on held-out images", "验证集准确率"),
    "row parameters": ("Parameters", "参数量"),
    "row size": ("File size", "文件大小"),
    "row time": ("Training time", "训练时间"),
    "time": ("{time} on {cores} cores", "{time}，{cores} 核"),
    "time on one core": ("{time} on one core", "{time}，单核"),
    "row optimizer": ("Optimizer", "优化器"),
    "row rate": ("Learning rate", "学习率"),
    "row epochs": ("Epochs", "轮数"),
    "row batch": ("Batch size", "批大小"),
    "batch": ("{mnist} and {synthetic} synthetic", "{mnist}，另加合成 {synthetic}"),
    "row activation": ("Activation", "激活函数"),
    "row smoothing": ("Label smoothing", "标签平滑"),
    "row warp": ("Augmentation", "数据增强"),
    "warp until": ("warp, up to epoch {epoch}", "warp，至第 {epoch} 轮"),
    "row pens": ("Synthetic pen digits", "合成手写数字"),
    "row others": ("Non-digits", "非数字"),
    "row validation": ("Held out for validation", "留作验证"),
    "row seed": ("Seed", "随机种子"),
    "row right": ("Read right: {ruler}, {pen}", "读对：{ruler}，{pen}"),
    "row refused": ("Refused: {ruler}, {pen}", "拒识：{ruler}，{pen}"),
    "layer": ("layer", "层"),
    "shape": ("output shape", "输出形状"),
    "parameters": ("parameters", "参数量"),
}
