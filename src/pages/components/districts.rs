//! The sixteen districts of Beijing and its economic-technological development area.

/// Chinese and English names, in the customary order.
pub const DISTRICTS: [(&str, &str); 17] = [
    ("东城区", "Dongcheng"),
    ("西城区", "Xicheng"),
    ("朝阳区", "Chaoyang"),
    ("丰台区", "Fengtai"),
    ("石景山区", "Shijingshan"),
    ("海淀区", "Haidian"),
    ("门头沟区", "Mentougou"),
    ("房山区", "Fangshan"),
    ("通州区", "Tongzhou"),
    ("顺义区", "Shunyi"),
    ("昌平区", "Changping"),
    ("大兴区", "Daxing"),
    ("怀柔区", "Huairou"),
    ("平谷区", "Pinggu"),
    ("密云区", "Miyun"),
    ("延庆区", "Yanqing"),
    ("北京经济技术开发区", "Beijing E-Town"),
];
